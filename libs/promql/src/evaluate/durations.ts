import type { At, Duration, DurationCalculation } from '../syntax/ast.js';
import { PromqlError } from '../syntax/promql-error.js';
import type { QueryTimes } from './options.js';

/** Milliseconds; `step()` and `range()` are the query's own. */
export function resolveDuration(duration: Duration | undefined, times: QueryTimes): number {
  if (!duration) return 0;
  const seconds = secondsOf(duration, times);
  if (Number.isFinite(seconds))
    return duration.kind === 'number' ? Math.round(seconds * 1_000) : Math.trunc(seconds * 1_000);
  throw new PromqlError(`${duration.from}:${duration.to}: duration is NaN or infinite`);
}

/** The same for a range or a step, which cannot be negative or nothing. */
export function resolvePositive(duration: Duration, times: QueryTimes): number {
  const ms = resolveDuration(duration, times);
  if (ms > 0) return ms;
  throw new PromqlError(`${duration.from}:${duration.to}: duration must be greater than 0`);
}

/** Unix milliseconds of what follows an @. */
export function resolveAt(at: At | undefined, { startMs, endMs }: QueryTimes): number | undefined {
  return at === 'start' ? startMs : at === 'end' ? endMs : at;
}

function secondsOf(duration: Duration | undefined, times: QueryTimes): number {
  if (duration === undefined) return 0;
  return duration.kind === 'number' ? duration.value : calculated(duration, times);
}

function calculated(duration: DurationCalculation, times: QueryTimes): number {
  const [left, right] = [secondsOf(duration.left, times), secondsOf(duration.right, times)];
  switch (duration.operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
    case '%': {
      const what = duration.operator === '/' ? 'division' : 'modulo';
      if (right === 0) throw new PromqlError(`${duration.from}:${duration.to}: ${what} by zero`);
      return duration.operator === '/' ? left / right : left % right;
    }
    case '^':
      return left ** right;
    case 'min_of':
      return Math.min(left, right);
    case 'max_of':
      return Math.max(left, right);
    case 'step':
      return times.stepMs / 1_000;
    case 'range':
      return (times.endMs - times.startMs) / 1_000;
    default: {
      const exhausted: never = duration.operator;
      return exhausted;
    }
  }
}
