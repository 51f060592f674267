import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { createClient, type RedisClientType } from 'redis';
import { ServiceError, type Actor } from '@scm/contracts';
import { GatewayConfig } from '../config.js';
import type { GatewayRequest } from '../http/request.js';

/** Requests a minute of an actor, of an address, and logins; counted in Redis, or here while Redis is away. */
@Injectable()
export class RateLimiter implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RateLimiter.name);
  private readonly redis?: RedisClientType;
  private readonly actors: RateLimiterAbstract;
  private readonly addresses: RateLimiterAbstract;
  private readonly logins: RateLimiterAbstract;

  constructor(config: GatewayConfig) {
    if (config.redisUrl) this.redis = connect(config.redisUrl, this.logger);
    this.actors = this.limiter('actor', config.actorRequestsPerMinute);
    this.addresses = this.limiter('address', config.addressRequestsPerMinute);
    this.logins = this.limiter('login', config.loginsPerMinute);
  }

  get store(): 'redis' | 'memory' {
    return this.redis?.isReady ? 'redis' : 'memory';
  }

  onApplicationBootstrap(): void {
    // Never awaited: without Redis the gateway works, each replica counting for itself.
    void this.redis?.connect().catch((error: unknown) => this.logger.warn(`redis: ${String(error)}`));
  }

  async onModuleDestroy(): Promise<void> {
    if (this.redis?.isOpen) this.redis.destroy();
  }

  async ofActor(actor: Actor): Promise<void> {
    await consume(this.actors, `${actor.workspaceId}:${actor.id}`);
  }

  async ofAddress(request: GatewayRequest): Promise<void> {
    await consume(this.addresses, request.ip ?? 'unknown');
  }

  /** Slows guessing of one account from many addresses, and of many accounts from one. */
  async ofLogin(request: GatewayRequest, username: string): Promise<void> {
    await consume(this.logins, `address:${request.ip}`);
    await consume(this.logins, `user:${username.toLowerCase()}`);
  }

  private limiter(name: string, points: number): RateLimiterAbstract {
    const options = { keyPrefix: `scm:limit:${name}`, points, duration: 60 };
    const local = new RateLimiterMemory(options);
    if (!this.redis) return local;
    return new RateLimiterRedis({
      ...options,
      storeClient: this.redis,
      useRedisPackage: true,
      insuranceLimiter: local,
      inMemoryBlockOnConsumed: points + 1,
      rejectIfRedisNotReady: true,
    });
  }
}

function connect(url: string, logger: Logger): RedisClientType {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    commandOptions: { timeout: 500 },
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

async function consume(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfterMs = refusal.msBeforeNext;
    throw new ServiceError('RESOURCE_EXHAUSTED', 'too many requests', undefined, { retryAfterMs });
  }
}
