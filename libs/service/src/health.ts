import { utimes, writeFile } from 'node:fs/promises';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Database } from '@scm/database';

const EVERY_MS = 2_000;
const PATIENCE_MS = 3_000;

type Check = () => Promise<unknown>;

/**
 * Looks every two seconds whether each dependency really answers: a JetStream round trip, not a TCP connection. While all
 * do, the heartbeat file is touched.
 */
export class Health {
  /** Each dependency with `ok` or why not. */
  readonly results: Record<string, string> = {};
  stopping = false;
  private readonly checks = new Map<string, Check>();
  private timer?: NodeJS.Timeout;
  private jsm?: Promise<JetStreamManager>;

  constructor(
    nc: NatsConnection,
    database: Database | undefined,
    private readonly heartbeatFile: string | undefined,
  ) {
    this.add('jetstream', () => this.jetstream(nc));
    if (database) this.add('postgres', () => database.check());
  }

  /** A service adds what else it depends on. */
  add(name: string, check: Check): void {
    this.checks.set(name, check);
  }

  get state(): 'ready' | 'degraded' | 'stopping' {
    if (this.stopping) return 'stopping';
    return Object.values(this.results).every((result) => result === 'ok') ? 'ready' : 'degraded';
  }

  async start(): Promise<void> {
    await this.look();
    const again = () => {
      this.timer = setTimeout(() => void this.look().finally(again), EVERY_MS);
    };
    again();
  }

  stop(): void {
    this.stopping = true;
    clearTimeout(this.timer);
  }

  private async look(): Promise<void> {
    await Promise.all(
      [...this.checks].map(async ([name, check]) => {
        this.results[name] = await withPatience(check).then(() => 'ok', reasonOf);
      }),
    );
    if (this.heartbeatFile && this.state === 'ready') await touch(this.heartbeatFile);
  }

  private async jetstream(nc: NatsConnection): Promise<void> {
    try {
      this.jsm ??= jetstreamManager(nc, { timeout: PATIENCE_MS, checkAPI: false });
      await (await this.jsm).getAccountInfo();
    } catch (error) {
      this.jsm = undefined;
      throw error;
    }
  }
}

async function withPatience(check: Check): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('timed out')), PATIENCE_MS);
  });
  try {
    return await Promise.race([check(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)) || 'failed';
}

async function touch(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => writeFile(file, ''));
}
