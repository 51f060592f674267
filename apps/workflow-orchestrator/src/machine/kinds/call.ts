import type { RetryPolicy } from '../../definitions/language.js';
import type { ExecutionError } from '../error.js';
import { limitsOf } from '../limits.js';
import type { Frame } from '../state.js';
import type { Walk } from '../walk.js';
import type { Behaviour } from './behaviour.js';

const DEFAULT_RETRY: RetryPolicy = { maxAttempts: 3, initialMs: 1_000, maxMs: 30_000, factor: 2 };

/** Work for a worker. The arguments are evaluated once: every attempt and delivery has the same. */
export const call: Behaviour & {
  failed(walk: Walk, frame: Frame, error: ExecutionError): void;
} = {
  enter(walk, frame, { task }) {
    frame.own = { with: walk.evaluate(frame, withAuthentication(walk, task.with ?? {}), frame.data) };
    frame.attempt = 1;
    const limits = limitsOf(walk, frame, task.metadata?.scm ?? {}, {
      kind: 'step',
      own: `${walk.started.workflow}${frame.ref}`,
    });
    if (limits.length > 0) frame.limits = limits;
    noteTime(walk, frame);
    walk.record(frame, 'running', { input: frame.data });
  },
  wake(walk, frame) {
    delete frame.waits;
    delete frame.wakeAt;
    frame.attempt = (frame.attempt ?? 0) + 1;
    noteTime(walk, frame);
    walk.limit(frame);
    walk.record(frame, 'running');
  },
  /** An attempt has failed: it is tried again, or left to a person when nobody knows what it has done, or it fails. */
  failed(walk, frame, error) {
    const { scm } = walk.node(frame).task.metadata ?? {};
    const retry = { ...DEFAULT_RETRY, ...scm?.retry };
    const attempt = frame.attempt ?? 1;
    if (error.outcomeUnknown && scm?.effect === 'ledger') {
      frame.waits = 'decision';
      delete frame.timeoutAt;
      walk.record(frame, 'waiting', { waits: 'decision', error });
    } else if (error.retryable && attempt < retry.maxAttempts) {
      frame.waits = 'retry';
      delete frame.timeoutAt;
      frame.wakeAt = walk.after(delayMs(retry, attempt, walk.moment.random));
      walk.record(frame, 'waiting', { waits: 'retry', until: frame.wakeAt, error });
    } else walk.fail(frame, error);
  },
};

/** Most calls are opened when their task is. */
function noteTime(walk: Walk, frame: Frame): void {
  const now = walk.after(0);
  if (now !== frame.startedAt) frame.calledAt = now;
}

/** Names under `use.authentications` are replaced by what stands there. */
function withAuthentication(walk: Walk, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => {
      const { use } = (key === 'authentication' && inner ? inner : {}) as { use?: string };
      const named = use === undefined ? undefined : walk.plan.document.use?.authentications?.[use];
      return [key, named ?? withAuthentication(walk, inner)];
    }),
  );
}

/** Exponential backoff with full jitter. `attempt` is the one that failed, `random` in [0, 1). */
function delayMs({ initialMs, maxMs, factor }: RetryPolicy, attempt: number, random: number): number {
  return Math.round(random * Math.min(maxMs, initialMs * factor ** (attempt - 1)));
}
