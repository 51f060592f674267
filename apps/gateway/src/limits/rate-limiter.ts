import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { ServiceError, type Actor } from '@scm/contracts';
import { GatewayConfig } from '../config.js';
import type { GatewayRequest } from '../http/request.js';
import { Redis, RedisAway } from '../redis/redis.js';
import { SharedLimit } from './shared-limit.js';

/** One limit: `local` counts while Redis does not. */
interface Limit {
  shared?: SharedLimit;
  local: RateLimiterMemory;
}

/** Requests a minute of an actor, of an address, and logins; counted in Redis, or here while Redis is away. */
@Injectable()
export class RateLimiter {
  private readonly actors: Limit;
  private readonly addresses: Limit;
  private readonly logins: Limit;

  constructor(
    config: GatewayConfig,
    private readonly redis: Redis,
  ) {
    this.actors = this.limiter('actor', config.actorRequestsPerMinute);
    this.addresses = this.limiter('address', config.addressRequestsPerMinute);
    this.logins = this.limiter('login', config.loginsPerMinute);
  }

  get store(): 'redis' | 'memory' {
    return this.redis.isUp ? 'redis' : 'memory';
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

  private async consume({ shared, local }: Limit, key: string): Promise<void> {
    try {
      if (shared && this.redis.isUp) await this.fromRedis(shared, key);
      else await local.consume(key);
    } catch (reason) {
      if (reason instanceof RedisAway) return this.consume({ local }, key);
      if (!(reason instanceof RateLimiterRes)) throw reason;
      const retryAfterMs = reason.msBeforeNext;
      throw new ServiceError('RESOURCE_EXHAUSTED', 'too many requests', undefined, { retryAfterMs });
    }
  }

  private async fromRedis(shared: SharedLimit, key: string): Promise<void> {
    const asked = shared.consume(key);
    if (asked !== 'granted') await this.redis.ask(() => asked);
  }

  private limiter(name: string, points: number): Limit {
    const options = { keyPrefix: `scm:limit:${name}`, points, duration: 60 };
    const local = new RateLimiterMemory(options);
    if (!this.redis.client) return { local };
    const shared = new RateLimiterRedis({
      ...options,
      storeClient: this.redis.client,
      useRedisPackage: true,
      insuranceLimiter: local,
      inMemoryBlockOnConsumed: points + 1,
      rejectIfRedisNotReady: true,
    });
    return { shared: new SharedLimit(shared, points), local };
  }
}
