import { markStale } from '@scm/promql';
import type { AcceptedSeries } from '../ingest/series-input.js';
import { keyOf, type Labels } from '../series/labels.js';
import type { AlertInstance } from './alert-instance.repository.js';

/** A value that a rule makes of what it found, to be stored like any other. */
export interface DerivedSample {
  labels: Labels;
  /** Nothing for the marker that the series ended. */
  value?: number;
}

/** `ALERTS` and `ALERTS_FOR_STATE`, as Prometheus keeps them: 1, and since when, in Unix seconds. */
export function alertSamples({ labels, state, activeAt }: AlertInstance): DerivedSample[] {
  return [
    { labels: { ...labels, __name__: 'ALERTS', alertstate: state }, value: 1 },
    { labels: { ...labels, __name__: 'ALERTS_FOR_STATE' }, value: activeAt.getTime() / 1_000 },
  ];
}

/** The samples at one time, and the markers of those series that were there before and are no more. */
export function seriesAt(
  timeMs: number,
  samples: readonly DerivedSample[],
  before: ReadonlyMap<string, Labels>,
): { series: AcceptedSeries[]; now: Map<string, Labels> } {
  const now = new Map(samples.map(({ labels }) => [keyOf(labels), labels]));
  const ended = [...before].filter(([key]) => !now.has(key)).map(([, labels]) => ({ labels }));
  const all: readonly DerivedSample[] = [...samples, ...ended];
  return { series: all.map((sample, index) => seriesOf(sample, index, timeMs)), now };
}

function seriesOf({ labels, value }: DerivedSample, index: number, timeMs: number): AcceptedSeries {
  const values = Float64Array.of(value ?? 0);
  if (value === undefined) markStale(values, 0);
  return { index, key: keyOf(labels), labels, times: [timeMs], values };
}
