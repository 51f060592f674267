import { invalidField } from '@scm/contracts';
import { parseDuration } from '@scm/promql';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const MAX_TIME_MS = 8.64e15;

/** Unix milliseconds of a time given as Unix seconds or RFC 3339. */
export function timeOf(field: string, text: string): number {
  const ms = NUMBER.test(text) ? Math.round(Number(text) * 1_000) : RFC3339.test(text) ? Date.parse(text) : NaN;
  if (Number.isFinite(ms) && Math.abs(ms) <= MAX_TIME_MS) return ms;
  throw invalidField(field, 'must be Unix seconds or an RFC 3339 time');
}

/** Milliseconds of a step given as seconds or as a duration. */
export function stepOf(text: string): number {
  const ms = NUMBER.test(text) ? Math.round(Number(text) * 1_000) : (parseDuration(text) ?? NaN);
  if (!Number.isFinite(ms)) throw invalidField('step', 'must be seconds or a duration such as 15s');
  if (ms <= 0) throw invalidField('step', 'must be positive');
  return ms;
}

/** Milliseconds of the `timeout` parameter, seconds or a duration; nothing means no limit. */
export function timeoutOf(text: string | undefined): number {
  if (text === undefined) return Infinity;
  const ms = NUMBER.test(text) ? Number(text) * 1_000 : parseDuration(text);
  if (ms !== undefined && ms >= 1) return ms;
  throw invalidField('timeout', 'must be seconds or a duration such as 15s, and at least a millisecond');
}

/** The `limit` parameter; 0 and nothing mean no limit. */
export function limitOf(text: string | undefined): number {
  if (text === undefined || text === '0') return Infinity;
  if (!/^\d{1,9}$/.test(text)) throw invalidField('limit', 'must be a whole number');
  return Number(text);
}
