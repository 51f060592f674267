import type { ProtoReader } from '../wire/proto.reader.js';
import type { Buckets, MetricKind, OtlpExemplar, OtlpPoint, PointValue } from './otlp.model.js';
import { attributesOf, spanOf, type Span } from './protobuf.attributes.js';

/** Takes one field of a kind's own; false when it is none. */
type FieldReader = (reader: ProtoReader, tag: number) => boolean;

/** Which tags the attributes, the exemplars and the flags have; the times are the same everywhere. */
interface Tags {
  attributes: number;
  exemplars?: number;
  flags: number;
}

const tagsOf: Record<MetricKind, Tags> = {
  gauge: { attributes: 58, exemplars: 42, flags: 64 },
  sum: { attributes: 58, exemplars: 42, flags: 64 },
  histogram: { attributes: 74, exemplars: 66, flags: 80 },
  exponential: { attributes: 10, exemplars: 90, flags: 80 },
  summary: { attributes: 58, flags: 64 },
};

export function readPoint(reader: ProtoReader, kind: MetricKind): OtlpPoint {
  const end = reader.end();
  const tags = tagsOf[kind];
  const spans: Span[] = [];
  const exemplars: OtlpExemplar[] = [];
  const [value, takes] = valueOf(kind);
  let [startMs, timeMs, flags] = [0, 0, 0];
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === tags.attributes) spans.push(spanOf(reader));
    else if (tag === 17) startMs = reader.fixed64Millis();
    else if (tag === 25) timeMs = reader.fixed64Millis();
    else if (tag === tags.flags) flags = reader.varint();
    else if (tag === tags.exemplars) exemplars.push(readExemplar(reader));
    else if (!takes(reader, tag)) reader.skip(tag);
  }
  reader.leave(end);
  const isStale = flags % 2 === 1;
  return { attributes: attributesOf(reader.bytes, spans), startMs, timeMs, isStale, value, exemplars };
}

function valueOf(kind: MetricKind): [PointValue, FieldReader] {
  if (kind === 'histogram') return histogram();
  if (kind === 'exponential') return exponential();
  if (kind === 'summary') return summary();
  const point = { kind: 'number' as const, value: 0 };
  const takes: FieldReader = (reader, tag) => {
    if (tag === 33) point.value = reader.double();
    else if (tag === 49) point.value = reader.sfixed64();
    else return false;
    return true;
  };
  return [point, takes];
}

function histogram(): [PointValue, FieldReader] {
  const point = { kind: 'histogram' as const, count: 0, sum: undefined as number | undefined };
  const [bounds, counts]: [number[], number[]] = [[], []];
  const takes: FieldReader = (reader, tag) => {
    if (tag === 33) point.count = reader.fixed64();
    else if (tag === 41) point.sum = reader.double();
    else if (tag === 50 || tag === 49) repeated(reader, tag, () => counts.push(reader.fixed64()));
    else if (tag === 58 || tag === 57) repeated(reader, tag, () => bounds.push(reader.double()));
    else return false;
    return true;
  };
  return [Object.assign(point, { bounds, counts }), takes];
}

function exponential(): [PointValue, FieldReader] {
  const point = {
    kind: 'exponential' as const,
    count: 0,
    sum: undefined as number | undefined,
    scale: 0,
    zeroCount: 0,
    zeroThreshold: 0,
    positive: { offset: 0, counts: [] } as Buckets,
    negative: { offset: 0, counts: [] } as Buckets,
  };
  const takes: FieldReader = (reader, tag) => {
    if (tag === 33) point.count = reader.fixed64();
    else if (tag === 41) point.sum = reader.double();
    else if (tag === 48) point.scale = reader.sint32();
    else if (tag === 57) point.zeroCount = reader.fixed64();
    else if (tag === 66) point.positive = readBuckets(reader);
    else if (tag === 74) point.negative = readBuckets(reader);
    else if (tag === 113) point.zeroThreshold = reader.double();
    else return false;
    return true;
  };
  return [point, takes];
}

function readBuckets(reader: ProtoReader): Buckets {
  const end = reader.end();
  const buckets: Buckets = { offset: 0, counts: [] };
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 8) buckets.offset = reader.sint32();
    else if (tag === 18 || tag === 16) repeated(reader, tag, () => buckets.counts.push(reader.varint()));
    else reader.skip(tag);
  }
  reader.leave(end);
  return buckets;
}

function summary(): [PointValue, FieldReader] {
  const point = { kind: 'summary' as const, count: 0, sum: 0, quantiles: [] as [number, number][] };
  const takes: FieldReader = (reader, tag) => {
    if (tag === 33) point.count = reader.fixed64();
    else if (tag === 41) point.sum = reader.double();
    else if (tag === 50) point.quantiles.push(readQuantile(reader));
    else return false;
    return true;
  };
  return [point, takes];
}

function readQuantile(reader: ProtoReader): [number, number] {
  const end = reader.end();
  const found: [number, number] = [0, 0];
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 9) found[0] = reader.double();
    else if (tag === 17) found[1] = reader.double();
    else reader.skip(tag);
  }
  reader.leave(end);
  return found;
}

function readExemplar(reader: ProtoReader): OtlpExemplar {
  const end = reader.end();
  const spans: Span[] = [];
  const found = { timeMs: 0, value: 0, traceId: '', spanId: '' };
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 17) found.timeMs = reader.fixed64Millis();
    else if (tag === 25) found.value = reader.double();
    else if (tag === 49) found.value = reader.sfixed64();
    else if (tag === 34) found.spanId = hex(reader);
    else if (tag === 42) found.traceId = hex(reader);
    else if (tag === 58) spans.push(spanOf(reader));
    else reader.skip(tag);
  }
  reader.leave(end);
  return { ...found, attributes: attributesOf(reader.bytes, spans) };
}

function hex(reader: ProtoReader): string {
  const end = reader.end();
  const text = reader.bytes.toString('hex', reader.pos, end);
  reader.pos = end;
  return text;
}

/** Packed, as encoders do it, or one by one. */
function repeated(reader: ProtoReader, tag: number, read: () => void): void {
  if ((tag & 7) !== 2) return read();
  const end = reader.end();
  while (reader.pos < end) read();
  reader.leave(end);
}
