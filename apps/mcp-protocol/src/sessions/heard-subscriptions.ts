import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionBus } from './session.bus.js';

/** Within this a replica that listens for the session says so. */
const ANSWER_MS = 100;
const LISTENING_MS = 5_000;

/** Lets a subscription be answered when somebody listens for it, so that the client misses nothing that comes after. */
export class HeardSubscriptions {
  private readonly waiting = new Map<string, Set<(uris: unknown) => void>>();

  constructor(bus: SessionBus) {
    bus.on('listening', (session, { uris }) => this.waiting.get(session)?.forEach((hear) => hear(uris)));
  }

  /** Does the work, and waits for whoever listens for the session, if anybody does, to listen for the resource too. */
  async after(session: string, uri: string, work: () => Promise<void>): Promise<void> {
    const done = new AbortController();
    let isAnswered = false;
    const hear = (uris: unknown) => {
      isAnswered = true;
      if (Array.isArray(uris) && uris.includes(uri)) done.abort();
    };
    const hearers = this.waiting.get(session) ?? new Set();
    this.waiting.set(session, hearers.add(hear));
    const wait = (delayMs: number) => sleep(delayMs, undefined, { signal: done.signal }).catch(() => undefined);
    try {
      await work();
      await wait(ANSWER_MS);
      if (isAnswered) await wait(LISTENING_MS);
    } finally {
      hearers.delete(hear);
      if (hearers.size === 0) this.waiting.delete(session);
    }
  }
}
