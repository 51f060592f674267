import type { LabelPair } from '../ingest/identity.js';
import type { MetricMetadata } from '../metadata/metric.metadata.js';
import type { ProtoReader } from '../wire/proto.reader.js';

/** One series of a remote-write request, of either version. */
export interface WireSeries {
  /** Tells its labels apart from others of the same version. */
  readonly key: string;
  readonly labels: () => LabelPair[];
  readonly times: number[];
  readonly values: number[];
  /** Which of the values are stale markers. */
  stale?: Set<number>;
  readonly exemplars: WireExemplar[];
  /** How many native histograms it brought. */
  histograms: number;
  /** When a counter began, in Unix milliseconds; 0 when that is not known. */
  startMs: number;
  metadata?: MetricMetadata;
}

export interface WireExemplar {
  labels: LabelPair[];
  value: number;
  timeMs: number;
}

export interface WireRequest {
  series: WireSeries[];
  metadata: MetricMetadata[];
}

/** A Sample is the same in both versions, but for the start time of the second one. */
export function readSample(reader: ProtoReader, series: WireSeries): void {
  const end = reader.end();
  let [value, timeMs, isStale] = [0, 0, false];
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 9) {
      isStale = reader.isStaleNext();
      value = reader.double();
    } else if (tag === 16) timeMs = reader.int64();
    else if (tag === 24) series.startMs ||= reader.int64();
    else reader.skip(tag);
  }
  reader.leave(end);
  if (isStale) (series.stale ??= new Set()).add(series.times.length);
  series.times.push(timeMs);
  series.values.push(value);
}
