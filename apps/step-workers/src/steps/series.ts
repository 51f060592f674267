import { invalidField } from '@scm/contracts';
import type { Point } from './statistics.js';

/** One series of an answer to a PromQL query. */
export interface Series {
  labels: Record<string, string>;
  points: Point[];
}

/** Numbers, or `[seconds, value]` pairs whose value may be text as Prometheus writes it; others are refused. */
export function pointsOf(values: readonly unknown[], at: string): Point[] {
  return values.map((item, i) => {
    const [t, value] = Array.isArray(item) ? [Number(item[0]), numberOf(item[1])] : [i, numberOf(item)];
    if (!Number.isFinite(t) || value === undefined) throw invalidField(`${at}.${i}`, 'must be a finite number');
    return { t, value };
  });
}

/** The series of Prometheus's `data` of an instant or range query, without the values that are no finite numbers. */
export function seriesOf(data: unknown): Series[] {
  const { resultType, result } = (data ?? {}) as { resultType?: unknown; result?: unknown };
  if (!Array.isArray(result)) return [];
  if (resultType === 'scalar') return [{ labels: {}, points: samples([result]) }];
  return (result as { metric?: Record<string, string>; value?: unknown; values?: unknown }[]).map((series) => ({
    labels: series.metric ?? {},
    points: samples(Array.isArray(series.values) ? series.values : [series.value]),
  }));
}

function samples(pairs: readonly unknown[]): Point[] {
  return pairs.flatMap((pair) => {
    if (!Array.isArray(pair)) return [];
    const [t, value] = [Number(pair[0]), numberOf(pair[1])];
    return value === undefined || !Number.isFinite(t) ? [] : [{ t, value }];
  });
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
