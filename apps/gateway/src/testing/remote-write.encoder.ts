import protobuf from 'protobufjs';
import { compressSync } from 'snappy';

/** The messages of both versions, as their specifications have them. */
const proto = protobuf.parse(`
  syntax = "proto3";
  message V1 { repeated Series1 timeseries = 1; repeated Metadata1 metadata = 3; }
  message Series1 {
    repeated Label labels = 1; repeated Sample samples = 2; repeated Exemplar1 exemplars = 3; repeated Histogram histograms = 4;
  }
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; int64 start_timestamp = 3; }
  message Exemplar1 { repeated Label labels = 1; double value = 2; int64 timestamp = 3; }
  message Metadata1 { int32 type = 1; string metric_family_name = 2; string help = 4; string unit = 5; }
  message Histogram { uint64 count_int = 1; double sum = 3; int64 timestamp = 15; }
  message V2 { repeated string symbols = 4; repeated Series2 timeseries = 5; }
  message Series2 {
    repeated uint32 labels_refs = 1; repeated Sample samples = 2; repeated Histogram histograms = 3;
    repeated Exemplar2 exemplars = 4; Metadata2 metadata = 5; int64 created_timestamp = 6;
  }
  message Exemplar2 { repeated uint32 labels_refs = 1; double value = 2; int64 timestamp = 3; }
  message Metadata2 { int32 type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }
`).root;

type Labels = Record<string, string>;

export interface SentSeries {
  labels: Labels | [string, string][];
  samples?: [timeMs: number, value: number][];
  /** Times of native histograms. */
  histograms?: number[];
  exemplars?: { labels: Labels; value: number; timestamp: number }[];
  metadata?: { type: number; help: string; unit: string };
  createdMs?: number;
}

export interface SentMetadata {
  type: number;
  metricFamilyName: string;
  help: string;
  unit: string;
}

/** A remote-write 1.0 request, compressed. */
export function encodeV1(series: SentSeries[], metadata: SentMetadata[] = []): Buffer {
  const timeseries = series.map(({ labels, samples = [], histograms = [], exemplars = [] }) => ({
    labels: labelsOf(labels),
    samples: samples.map(sampleOf),
    histograms: histograms.map(histogramOf),
    exemplars: exemplars.map((exemplar) => ({ ...exemplar, labels: labelsOf(exemplar.labels) })),
  }));
  return encode('V1', { timeseries, metadata });
}

/** A remote-write 2.0 request, compressed. */
export function encodeV2(series: SentSeries[]): Buffer {
  const symbols = [''];
  const ref = (text: string) => (symbols.includes(text) ? symbols.indexOf(text) : symbols.push(text) - 1);
  const refs = (labels: SentSeries['labels']) => pairsOf(labels).flatMap((pair) => pair.map(ref));
  const timeseries = series.map(({ labels, samples = [], histograms = [], exemplars = [], metadata, createdMs }) => ({
    labelsRefs: refs(labels),
    samples: samples.map(sampleOf),
    histograms: histograms.map(histogramOf),
    exemplars: exemplars.map(({ labels: own, ...rest }) => ({ ...rest, labelsRefs: refs(own) })),
    ...(metadata && { metadata: { type: metadata.type, helpRef: ref(metadata.help), unitRef: ref(metadata.unit) } }),
    ...(createdMs && { createdTimestamp: createdMs }),
  }));
  return encode('V2', { symbols, timeseries });
}

/** The bytes of one message, compressed; also of one that no encoder would make. */
export function encode(type: 'V1' | 'V2', message: object): Buffer {
  const Type = proto.lookupType(type);
  return compressSync(withMarkers(Buffer.from(Type.encode(Type.fromObject(message)).finish())));
}

/** Stands for the stale marker, whose bits no number has for sure. */
export const STALE = 1.5 * 2 ** 250;

function withMarkers(bytes: Buffer): Buffer {
  const [sign, marker] = [Buffer.alloc(8), Buffer.from([0x02, 0, 0, 0, 0, 0, 0xf0, 0x7f])];
  sign.writeDoubleLE(STALE);
  for (let at = bytes.indexOf(sign); at !== -1; at = bytes.indexOf(sign)) marker.copy(bytes, at);
  return bytes;
}

const pairsOf = (labels: SentSeries['labels']) => (Array.isArray(labels) ? labels : Object.entries(labels));
const labelsOf = (labels: SentSeries['labels']) => pairsOf(labels).map(([name, value]) => ({ name, value }));
const sampleOf = ([timestamp, value]: [number, number]) => ({ timestamp, value });
const histogramOf = (timestamp: number) => ({ timestamp, countInt: 1, sum: 1 });
