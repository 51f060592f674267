import type { FetchLike } from '@modelcontextprotocol/client';
import { LRUCache } from 'lru-cache';
import { LegacySession } from './legacy-session.js';
import { PARKED_MS } from './parked-calls.js';
import type { UpstreamClient, UpstreamTarget } from './upstream-target.js';

const KEPT = 500;

/** The sessions with one upstream: one for each principal and what its client can do, since a session declares that once. */
export class LegacySessions {
  private readonly sessions = new LRUCache<string, Promise<LegacySession>>({
    max: KEPT,
    // A call that is parked must not lose its session.
    ttl: 2 * PARKED_MS,
    updateAgeOnGet: true,
    dispose: (session) => void session.then((s) => s.close()).catch(() => {}),
  });

  constructor(
    private readonly target: UpstreamTarget,
    private readonly fetch: FetchLike,
  ) {}

  async get(client: UpstreamClient): Promise<LegacySession> {
    const key = keyOf(client);
    const known = this.sessions.get(key);
    if (known && !(await isLost(known))) return known;
    // Whoever comes at the same time shares the one that is being opened.
    const other = this.sessions.get(key);
    if (other && other !== known) return other;
    const opening = LegacySession.open(this.target, this.fetch, client);
    this.sessions.set(key, opening);
    opening.catch(() => this.sessions.peek(key) === opening && this.sessions.delete(key));
    return opening;
  }

  forget(client: UpstreamClient, session: LegacySession): void {
    session.lose();
    this.sessions.delete(keyOf(client));
  }

  async close(): Promise<void> {
    const open = [...this.sessions.values()];
    this.sessions.clear();
    await Promise.allSettled(open.map(async (session) => (await session).close()));
  }
}

async function isLost(session: Promise<LegacySession>): Promise<boolean> {
  return session.then(
    ({ isLost: lost }) => lost,
    () => true,
  );
}

function keyOf({ principal, initialize }: UpstreamClient): string {
  return JSON.stringify([principal, initialize]);
}
