import { hash, randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Subscription } from '@nats-io/transport-node';
import { allContracts, type CacheGroup, type EventContract } from '@scm/contracts';
import { JsonText } from '@scm/messaging';
import { NATS, type Nats } from '@scm/service';
import { GatewayConfig } from '../config.js';
import { Redis } from '../redis/redis.js';
import { Telemetry } from '../system/telemetry.js';

const MAX_REPLY_CHARACTERS = 262_144;
const GENERATION = 'generation';

// A reply that was read before a change must not be kept after it.
const KEEP = `
if (redis.call('HGET', KEYS[1], '${GENERATION}') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1`;

const events = allContracts
  .map(({ contract }) => contract)
  .filter(
    (contract): contract is EventContract & { cache: CacheGroup } => contract.kind === 'event' && !!contract.cache,
  );

/**
 * Replies of reads in Redis, one hash for each group and workspace, shared by the replicas. A change through any gateway
 * empties the hash before it is answered; one made elsewhere does so by its event. Without Redis each read goes its way.
 */
@Injectable()
export class ReadCache implements OnModuleInit, OnModuleDestroy {
  private readonly loading = new Map<string, Promise<JsonText>>();
  /** Hashes that Redis did not empty when it should have: they are not read before it has. */
  private readonly stale = new Set<string>();
  private subscriptions: Subscription[] = [];

  constructor(
    private readonly config: GatewayConfig,
    private readonly redis: Redis,
    private readonly telemetry: Telemetry,
    @Inject(NATS) private readonly nats: Nats,
  ) {}

  onModuleInit(): void {
    this.subscriptions = events.map(({ subject, cache }) =>
      this.nats.subscribe(`${subject}.*`, {
        callback: (_error, msg) => void this.forget(cache, msg.subject.slice(subject.length + 1)),
      }),
    );
  }

  onModuleDestroy(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
  }

  /** The reply to `question`, from Redis when somebody of the workspace asked it since the last change. */
  async read<T extends object>(
    group: CacheGroup,
    workspaceId: string,
    question: string,
    load: () => Promise<JsonText<T>>,
  ): Promise<JsonText<T>> {
    const key = keyOf(group, workspaceId);
    const field = hash('sha256', question, 'base64url');
    const known = await this.find(key, field);
    this.telemetry.cacheReads.add(1, { group, result: known?.reply ? 'hit' : known ? 'miss' : 'none' });
    if (!known) return load();
    if (known.reply) return new JsonText<T>(known.reply);
    // The generation stands in the key: who comes after a change never waits for what was asked before it.
    return this.once(`${key} ${field} ${known.generation}`, async () => {
      const startedMs = Date.now();
      const reply = await load();
      // A generation lives as long as a reply: after a longer load a change may have come and been forgotten.
      const isSafe = Date.now() - startedMs < this.config.readCacheSeconds * 1_000;
      if (isSafe) void this.keep(key, field, known.generation, reply.text);
      return reply;
    });
  }

  /** Resolves when nothing kept before the call will be read any more by this replica. */
  async forget(group: CacheGroup, workspaceId: string): Promise<void> {
    await this.empty(keyOf(group, workspaceId));
  }

  private async find(key: string, field: string): Promise<{ reply?: string; generation: string } | undefined> {
    if (this.config.readCacheSeconds === 0 || !this.redis.isUp) return undefined;
    if (this.stale.has(key) && !(await this.empty(key))) return undefined;
    const found = await this.redis.ask((client) => client.hmGet(key, [field, GENERATION])).catch(() => undefined);
    return found && { reply: found[0] ?? undefined, generation: found[1] ?? '' };
  }

  private async keep(key: string, field: string, generation: string, reply: string): Promise<void> {
    if (reply.length > MAX_REPLY_CHARACTERS) return;
    const values = [generation, field, reply, String(this.config.readCacheSeconds)];
    await this.redis.ask((client) => client.eval(KEEP, { keys: [key], arguments: values })).catch(() => undefined);
  }

  private async empty(key: string): Promise<boolean> {
    this.stale.add(key);
    // Without Redis nothing is kept; what it holds when it comes back is emptied before it is read.
    const emptied = await this.redis
      .ask((client) =>
        client.multi().del(key).hSet(key, GENERATION, randomUUID()).expire(key, this.config.readCacheSeconds).exec(),
      )
      .catch(() => undefined);
    if (emptied) this.stale.delete(key);
    return emptied !== undefined;
  }

  private async once<T extends object>(key: string, work: () => Promise<JsonText<T>>): Promise<JsonText<T>> {
    const running = this.loading.get(key) as Promise<JsonText<T>> | undefined;
    if (running) return running;
    const started = work().finally(() => this.loading.delete(key));
    this.loading.set(key, started);
    return started;
  }
}

function keyOf(group: CacheGroup, workspaceId: string): string {
  return `scm:cache:${group}:${workspaceId}`;
}
