import type { CatchDocument, RetryDocument } from '../../definitions/language.js';
import { isSameType, type ExecutionError } from '../error.js';
import type { Frame } from '../state.js';
import { isTrue } from '../truth.js';
import type { Walk } from '../walk.js';
import type { Behaviour } from './behaviour.js';

/** Tries its tasks, again as its policy says; what it catches is handled, everything else is passed up. */
export const tryTasks: Behaviour = {
  enter(walk, frame) {
    frame.attempt = 1;
    attempt(walk, frame);
  },
  childDone(walk, frame, _child, output) {
    walk.complete(frame, output, frame.own?.caught ? walk.node(frame).task.catch?.then : undefined);
  },
  childFailed(walk, frame, _child, error) {
    const { catch: caught = {} } = walk.node(frame).task;
    const vars = { [caught.as ?? 'error']: error };
    if (frame.own?.caught || !catches(walk, frame, caught, error, vars)) return walk.fail(frame, error);
    const delayMs = retryDelayMs(walk, frame, policyOf(walk, caught), vars);
    if (delayMs !== undefined) {
      frame.waits = 'retry';
      frame.wakeAt = walk.after(delayMs);
      walk.record(frame, 'waiting', { waits: 'retry', until: frame.wakeAt, error });
      return;
    }
    frame.own = { caught: true };
    if (caught.do) walk.openList(frame, `${frame.ref}/catch/do`, frame.data, vars);
    else walk.complete(frame, frame.data, caught.then);
  },
  wake(walk, frame) {
    delete frame.waits;
    delete frame.wakeAt;
    frame.attempt = (frame.attempt ?? 1) + 1;
    attempt(walk, frame);
  },
};

function attempt(walk: Walk, frame: Frame): void {
  const list = walk.openList(frame, `${frame.ref}/try`, frame.data);
  const limit = policyOf(walk, walk.node(frame).task.catch ?? {})?.limit?.attempt?.duration;
  if (limit) list.timeoutAt = walk.after(walk.durationMs(frame, limit));
}

function policyOf({ plan }: Walk, { retry }: CatchDocument): RetryDocument | undefined {
  return typeof retry === 'string' ? plan.document.use?.retries?.[retry] : retry;
}

function catches(
  walk: Walk,
  frame: Frame,
  { errors, when, exceptWhen }: CatchDocument,
  error: ExecutionError,
  vars: Record<string, unknown>,
): boolean {
  const wanted = errors?.with ? Object.entries(errors.with) : [];
  return (
    wanted.every(([name, value]) => isWanted(name, value, error)) && applies(walk, frame, { when, exceptWhen }, vars)
  );
}

function isWanted(name: string, value: unknown, error: ExecutionError): boolean {
  const given = error[name as keyof ExecutionError];
  return name === 'type' ? isSameType(String(value), String(given)) : given === value;
}

function applies(
  walk: Walk,
  frame: Frame,
  { when, exceptWhen }: Pick<RetryDocument, 'when' | 'exceptWhen'>,
  vars: Record<string, unknown>,
): boolean {
  if (when !== undefined && !isTrue(walk.evaluateText(frame, when, frame.data, vars))) return false;
  return exceptWhen === undefined || !isTrue(walk.evaluateText(frame, exceptWhen, frame.data, vars));
}

/** How long to wait before the next attempt; undefined when there is none. */
function retryDelayMs(
  walk: Walk,
  frame: Frame,
  policy: RetryDocument | undefined,
  vars: Record<string, unknown>,
): number | undefined {
  if (!policy || !applies(walk, frame, policy, vars)) return undefined;
  const { delay, backoff = {}, jitter, limit } = policy;
  const failed = frame.attempt ?? 1;
  if (limit?.attempt?.count !== undefined && failed > limit.attempt.count) return undefined;
  const baseMs = delay ? walk.durationMs(frame, delay) : 0;
  const grown = 'exponential' in backoff ? baseMs * 2 ** (failed - 1) : 'linear' in backoff ? baseMs * failed : baseMs;
  const [fromMs, toMs] = jitter ? [walk.durationMs(frame, jitter.from), walk.durationMs(frame, jitter.to)] : [0, 0];
  const delayMs = Math.round(grown + fromMs + walk.moment.random * (toMs - fromMs));
  const spentMs = walk.moment.now.getTime() - Date.parse(frame.startedAt);
  if (limit?.duration && spentMs + delayMs > walk.durationMs(frame, limit.duration)) return undefined;
  return delayMs;
}
