import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { createClient, type RedisClientType } from 'redis';
import { GatewayConfig } from '../config.js';

/** Redis frozen or behind a dead link takes a command and never answers: so long is waited. */
const ANSWER_MS = 250;
/** So often it is asked whether it answers, since requests may not ask it for long. */
const PROBE_MS = 1_000;

/** Redis is away, frozen, or was never configured. */
export class RedisAway extends Error {
  override name = 'RedisAway';
}

/** The replicas' shared memory. Whatever asks it can do without it. */
@Injectable()
export class Redis implements OnApplicationBootstrap, OnModuleDestroy {
  readonly client?: RedisClientType;
  private readonly logger = new Logger(Redis.name);
  private answers = true;
  private probing = false;
  private timer?: NodeJS.Timeout;

  constructor({ redisUrl }: GatewayConfig) {
    if (redisUrl) this.client = connect(redisUrl, this.logger);
  }

  get isUp(): boolean {
    return this.client?.isReady === true && this.answers;
  }

  onApplicationBootstrap(): void {
    // Never awaited: without Redis the gateway works, each replica for itself.
    void this.client?.connect().catch((error: unknown) => this.logger.warn(`redis: ${String(error)}`));
    this.timer = setInterval(() => void this.probe(), PROBE_MS);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    if (this.client?.isOpen) this.client.destroy();
  }

  /** What a command gives; throws RedisAway when no answer can come or none came in time. */
  async ask<T>(command: (client: RedisClientType) => Promise<T>): Promise<T> {
    if (!this.client || !this.isUp) throw new RedisAway();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.isSilent();
      reject(new RedisAway());
    }, ANSWER_MS);
    try {
      return await Promise.race([command(this.client), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Once it gave no answer, only the answer to a probe shows that it is back: no request waits for that. */
  private async probe(): Promise<void> {
    if (!this.client?.isReady || this.probing) return;
    this.probing = true;
    const late = setTimeout(() => this.isSilent(), ANSWER_MS);
    this.answers = await this.client.ping().then(
      () => true,
      () => false,
    );
    clearTimeout(late);
    this.probing = false;
  }

  private isSilent(): void {
    if (this.answers) this.logger.warn('redis gives no answer, this replica goes on alone');
    this.answers = false;
  }
}

function connect(url: string, logger: Logger): RedisClientType {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    // Its own timeout covers a command only until it is sent, and costs a signal each.
    commandOptions: { timeout: 0 },
    socket: { connectTimeout: 1_000, reconnectStrategy: (tries) => Math.min(100 * 2 ** tries, 2_000) },
  });
  let down = false;
  client.on('error', (error: Error) => {
    if (!down) logger.warn(`redis is away, this replica goes on alone: ${error.message}`);
    down = true;
  });
  client.on('ready', () => (down = false));
  return client as RedisClientType;
}
