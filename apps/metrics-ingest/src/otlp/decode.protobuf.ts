import { ProtoReader } from '../wire/proto.reader.js';
import { emptyMetric, temporalityOf } from './empty.metric.js';
import { attributesOf, spanOf, type Span } from './protobuf.attributes.js';
import type { MetricKind, OtlpMetric, OtlpResource } from './otlp.model.js';
import { readPoint } from './protobuf.point.js';

/** An `ExportMetricsServiceRequest`. */
export function decodeProtobuf(bytes: Buffer): OtlpResource[] {
  const reader = new ProtoReader(bytes);
  const resources: OtlpResource[] = [];
  while (reader.pos < bytes.length) {
    const tag = reader.tag();
    if (tag === 10) resources.push(readResourceMetrics(reader));
    else reader.skip(tag);
  }
  return resources;
}

function readResourceMetrics(reader: ProtoReader): OtlpResource {
  const end = reader.end();
  const spans: Span[] = [];
  const metrics: OtlpMetric[] = [];
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) readResource(reader, spans);
    else if (tag === 18) readScope(reader, metrics);
    else reader.skip(tag);
  }
  reader.leave(end);
  return { attributes: attributesOf(reader.bytes, spans), metrics };
}

function readResource(reader: ProtoReader, spans: Span[]): void {
  const end = reader.end();
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) spans.push(spanOf(reader));
    else reader.skip(tag);
  }
  reader.leave(end);
}

function readScope(reader: ProtoReader, metrics: OtlpMetric[]): void {
  const end = reader.end();
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 18) metrics.push(readMetric(reader));
    else reader.skip(tag);
  }
  reader.leave(end);
}

/** By field number. */
const kinds: Record<number, MetricKind> = { 5: 'gauge', 7: 'sum', 9: 'histogram', 10: 'exponential', 11: 'summary' };

function readMetric(reader: ProtoReader): OtlpMetric {
  const end = reader.end();
  const metric = emptyMetric();
  while (reader.pos < end) {
    const tag = reader.tag();
    const kind = (tag & 7) === 2 ? kinds[tag >>> 3] : undefined;
    if (tag === 10) metric.name = reader.text();
    else if (tag === 18) metric.description = reader.text();
    else if (tag === 26) metric.unit = reader.text();
    else if (kind) readData(reader, Object.assign(metric, { kind }));
    else reader.skip(tag);
  }
  reader.leave(end);
  return metric;
}

function readData(reader: ProtoReader, metric: OtlpMetric): void {
  const end = reader.end();
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) metric.points.push(readPoint(reader, metric.kind));
    else if (tag === 16) metric.temporality = temporalityOf(reader.varint());
    else if (tag === 24) metric.isMonotonic = reader.varint() !== 0;
    else reader.skip(tag);
  }
  reader.leave(end);
}
