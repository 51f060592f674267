import type { QueryResult, ResultSeries } from '../evaluate/result.js';
import { LabelSet } from '../values/label-set.js';
import type { Evaluation, Note } from './script.js';
import type { SeriesLine } from './series-text.js';

/** What an answer differs in from what is expected; undefined if in nothing. */
export function differenceOf(evaluation: Evaluation, result: QueryResult): string | undefined {
  return noteDifference(evaluation.expected.notes, result) ?? valueDifference(evaluation, result);
}

function noteDifference(notes: readonly Note[], { warnings, infos }: QueryResult): string | undefined {
  return levelDifference('warn', notes, warnings) ?? levelDifference('info', notes, infos);
}

function levelDifference(mode: 'warn' | 'info', notes: readonly Note[], found: readonly string[]): string | undefined {
  if (notes.some((note) => note.mode === `no_${mode}`) && found.length > 0)
    return `no ${mode} expected: ${found.join()}`;
  const wanted = notes.filter((note) => note.mode === mode);
  if (wanted.length === 0) return undefined;
  const missing = wanted.find(({ matches }) => !found.some(matches));
  if (missing) return `${mode} ${missing.text} is missing, found ${found.join() || 'none'}`;
  const other = found.find((message) => !wanted.some(({ matches }) => matches(message)));
  return other && `unexpected ${mode}: ${other}`;
}

function valueDifference({ expected, startMs, stepMs }: Evaluation, result: QueryResult): string | undefined {
  switch (result.type) {
    case 'scalar':
      if (expected.scalar === undefined) return `unexpected scalar ${result.value}`;
      return isNear(result.value, expected.scalar) ? undefined : `${result.value} instead of ${expected.scalar}`;
    case 'string':
      return result.value === expected.text ? undefined : `${result.value} instead of ${expected.text}`;
    case 'vector': {
      const series = result.samples.map(({ labels, value }) => ({
        labels,
        times: Float64Array.of(startMs),
        values: Float64Array.of(value),
      }));
      const order = expected.isOrdered ? orderDifference(expected.series, series) : undefined;
      return order ?? seriesDifference(expected.series, series, startMs, 1);
    }
    case 'matrix': {
      const times = expected.range ?? { startMs, stepMs };
      return seriesDifference(expected.series, result.series, times.startMs, times.stepMs);
    }
    default: {
      const exhausted: never = result;
      return exhausted;
    }
  }
}

function orderDifference(lines: readonly SeriesLine[], series: readonly ResultSeries[]): string | undefined {
  const [wanted, found] = [lines, series].map((all) =>
    all.map(({ labels }) => LabelSet.of(labels).toString()).join(' '),
  );
  return wanted === found ? undefined : `the order is ${found} instead of ${wanted}`;
}

function seriesDifference(
  lines: readonly SeriesLine[],
  series: readonly ResultSeries[],
  startMs: number,
  stepMs: number,
): string | undefined {
  const wanted = new Map(lines.map((line) => [LabelSet.of(line.labels).key, line]));
  const missing = new Set(wanted.keys());
  for (const one of series) {
    const labels = LabelSet.of(one.labels);
    const line = wanted.get(labels.key);
    if (!line) return `unexpected ${labels.toString()} ${[...one.values].join(' ')}`;
    missing.delete(labels.key);
    const points = line.values.flatMap((value, i) =>
      typeof value === 'number' ? [[startMs + i * stepMs, value] as const] : [],
    );
    const isSame =
      points.length === one.times.length &&
      points.every(([time, value], i) => one.times[i] === time && isNear(one.values[i] as number, value));
    const shown = [...one.times].map((time, i) => `${one.values[i]}@${time}`).join(' ');
    if (!isSame) return `${labels.toString()} is ${shown} instead of ${points.map(([t, v]) => `${v}@${t}`).join(' ')}`;
  }
  const [key] = missing;
  return key === undefined ? undefined : `${LabelSet.of((wanted.get(key) as SeriesLine).labels).toString()} is missing`;
}

function isNear(a: number, b: number): boolean {
  if (a === b || (a !== a && b !== b)) return true;
  return a !== 0 && b !== 0 && Math.abs(a - b) / Math.min(Math.abs(a) + Math.abs(b), Number.MAX_VALUE) < 0.000001;
}
