import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '@scm/contracts';
import { BATCH, type AuditRepository } from './audit.repository.js';

const IDLE_MS = 1_000;
/** What comes meanwhile goes as one batch: a pass costs two commits and a call, however few rows it has. */
const GATHER_MS = 250;
const MAX_BACKOFF_MS = 30_000;

export interface AuditRelayOptions {
  /** Delivers rows to auth, at least once: auth recognises a row by its id. Rejects when auth does not have them. */
  send: (entries: AuditEntry[]) => Promise<void>;
  /** Told of each pass that failed; its rows are tried again. */
  onError?: (error: unknown) => void;
}

/** Brings a service's audit rows to auth, in the background. */
export class AuditRelay {
  private readonly stopping = new AbortController();
  private waking = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly repository: AuditRepository,
    private readonly options: AuditRelayOptions,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Says that there may be new rows; without it they are found within a second. */
  notify(): void {
    this.waking.abort();
  }

  /** Ends after the pass under way. What is not collected by then is collected after the next start. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted;) {
      // Made before the look at the rows, so that a notice during the pass is not lost.
      this.waking = new AbortController();
      try {
        const collected = await this.repository.collect(this.options.send);
        failures = 0;
        if (collected === 0) await pause(IDLE_MS, AbortSignal.any([this.stopping.signal, this.waking.signal]));
        else if (collected < BATCH) await pause(GATHER_MS, this.stopping.signal);
      } catch (error) {
        this.options.onError?.(error);
        await pause(Math.min(IDLE_MS * 2 ** failures++, MAX_BACKOFF_MS), this.stopping.signal);
      }
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
