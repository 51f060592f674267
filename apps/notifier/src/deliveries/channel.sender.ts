import type { DueDelivery } from './delivery.queue.js';

export type Outcome =
  /** `note`: what was wrong although it arrived. */
  | { kind: 'confirmed'; note?: string }
  /** Our own stop broke it off: whether it arrived is unknown, so it is tried again, and not counted. */
  | { kind: 'interrupted' }
  /** `final`: repeating it cannot help. `gone`: the target asks for no more. */
  | { kind: 'failed'; reason: string; final: boolean; retryAfterMs?: number; gone?: boolean };

/** One way out. */
export interface ChannelSender {
  readonly channel: 'webhook' | 'email';
  /** Tries at once, over all targets. */
  readonly atOnce: number;
  /** Tries at once to one target, so that a slow one does not take the place of others. */
  readonly perTarget: number;
  /** Tries once; what it throws counts as a failure that may pass. Ends by itself within half a minute. */
  attempt(delivery: DueDelivery, stopping: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}
