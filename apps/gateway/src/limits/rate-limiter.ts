import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { createClient, type RedisClientType } from 'redis';
import { ServiceError, type Actor } from '@scm/contracts';
import { GatewayConfig } from '../config.js';
import type { GatewayRequest } from '../http/request.js';
import { SharedLimit } from './shared-limit.js';

/** One limit: `local` counts while Redis does not. */
interface Limit {
  shared?: SharedLimit;
  local: RateLimiterMemory;
}

/** Redis frozen or behind a dead link takes a command and never answers: so long is waited. */
const ANSWER_MS = 250;
/** How long Redis is not asked after it gave no answer. */
const SILENT_MS = 2_000;

/** Requests a minute of an actor, of an address, and logins; counted in Redis, or here while Redis is away. */
@Injectable()
export class RateLimiter implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RateLimiter.name);
  private readonly redis?: RedisClientType;
  private readonly actors: Limit;
  private readonly addresses: Limit;
  private readonly logins: Limit;
  private silentUntilMs = 0;

  constructor(config: GatewayConfig) {
    if (config.redisUrl) this.redis = connect(config.redisUrl, this.logger);
    this.actors = this.limiter('actor', config.actorRequestsPerMinute);
    this.addresses = this.limiter('address', config.addressRequestsPerMinute);
    this.logins = this.limiter('login', config.loginsPerMinute);
  }

  get store(): 'redis' | 'memory' {
    return this.redis?.isReady && Date.now() >= this.silentUntilMs ? 'redis' : 'memory';
  }

  onApplicationBootstrap(): void {
    // Never awaited: without Redis the gateway works, each replica counting for itself.
    void this.redis?.connect().catch((error: unknown) => this.logger.warn(`redis: ${String(error)}`));
  }

  async onModuleDestroy(): Promise<void> {
    if (this.redis?.isOpen) this.redis.destroy();
  }

  async ofActor(actor: Actor): Promise<void> {
    await this.consume(this.actors, `${actor.workspaceId}:${actor.id}`);
  }

  async ofAddress(request: GatewayRequest): Promise<void> {
    await this.consume(this.addresses, request.ip ?? 'unknown');
  }

  /** Slows guessing of one account from many addresses, and of many accounts from one. */
  async ofLogin(request: GatewayRequest, username: string): Promise<void> {
    await this.consume(this.logins, `address:${request.ip}`);
    await this.consume(this.logins, `user:${username.toLowerCase()}`);
  }

  private async consume(limit: Limit, key: string): Promise<void> {
    try {
      if (this.store === 'redis' && limit.shared) await this.fromRedis(limit.shared, limit.local, key);
      else await limit.local.consume(key);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const retryAfterMs = refusal.msBeforeNext;
      throw new ServiceError('RESOURCE_EXHAUSTED', 'too many requests', undefined, { retryAfterMs });
    }
  }

  private async fromRedis(shared: SharedLimit, local: RateLimiterMemory, key: string): Promise<void> {
    const asked = shared.consume(key);
    if (asked === 'granted') return;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      if (this.store === 'redis') this.logger.warn('redis gives no answer, limits are counted by this replica alone');
      this.silentUntilMs = Date.now() + SILENT_MS;
      resolve(local.consume(key).then(() => undefined));
    }, ANSWER_MS);
    try {
      await Promise.race([asked, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private limiter(name: string, points: number): Limit {
    const options = { keyPrefix: `scm:limit:${name}`, points, duration: 60 };
    const local = new RateLimiterMemory(options);
    if (!this.redis) return { local };
    const shared = new RateLimiterRedis({
      ...options,
      storeClient: this.redis,
      useRedisPackage: true,
      insuranceLimiter: local,
      inMemoryBlockOnConsumed: points + 1,
      rejectIfRedisNotReady: true,
    });
    return { shared: new SharedLimit(shared, points), local };
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
    if (!down) logger.warn(`redis is away, limits are counted by this replica alone: ${error.message}`);
    down = true;
  });
  client.on('ready', () => (down = false));
  return client as RedisClientType;
}
