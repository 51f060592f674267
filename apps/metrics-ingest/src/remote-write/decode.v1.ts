import type { LabelPair } from '../ingest/identity.js';
import { ProtoReader } from '../wire/proto.reader.js';
import { metricTypes, type MetricMetadata } from '../metadata/metric.metadata.js';
import { readSample, type WireExemplar, type WireRequest, type WireSeries } from './wire.series.js';

/** A `prometheus.WriteRequest`. */
export function decodeV1(bytes: Buffer): WireRequest {
  const reader = new ProtoReader(bytes);
  const request: WireRequest = { series: [], metadata: [] };
  while (reader.pos < bytes.length) {
    const tag = reader.tag();
    if (tag === 10) request.series.push(readSeries(reader));
    else if (tag === 26) request.metadata.push(readMetadata(reader));
    else reader.skip(tag);
  }
  return request;
}

function readSeries(reader: ProtoReader): WireSeries {
  const end = reader.end();
  const { bytes } = reader;
  const places: number[] = [];
  let [key, from, to] = ['', reader.pos, reader.pos];
  const labels = () => places.map((at) => readLabel(new ProtoReader(bytes), at));
  const series = { key, labels, times: [], values: [], exemplars: [], histograms: 0, startMs: 0 } as WireSeries & {
    key: string;
  };
  while (reader.pos < end) {
    const start = reader.pos;
    const tag = reader.tag();
    if (tag === 10) {
      places.push(reader.pos);
      reader.pos = reader.end();
      // Labels stand together, as a rule; the bytes of all of them are the key.
      if (to !== start) {
        key += bytes.toString('latin1', from, to);
        from = start;
      }
      to = reader.pos;
    } else if (tag === 18) readSample(reader, series);
    else if (tag === 26) series.exemplars.push(readExemplar(reader));
    else {
      if (tag === 34) series.histograms++;
      reader.skip(tag);
    }
  }
  reader.leave(end);
  series.key = key + bytes.toString('latin1', from, to);
  return series;
}

function readLabel(reader: ProtoReader, at: number): LabelPair {
  reader.pos = at;
  return labelOf(reader);
}

function labelOf(reader: ProtoReader): LabelPair {
  const end = reader.end();
  let [name, value] = ['', ''];
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) name = reader.text();
    else if (tag === 18) value = reader.text();
    else reader.skip(tag);
  }
  reader.leave(end);
  return [name, value];
}

function readExemplar(reader: ProtoReader): WireExemplar {
  const end = reader.end();
  const exemplar: WireExemplar = { labels: [], value: 0, timeMs: 0 };
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10) exemplar.labels.push(labelOf(reader));
    else if (tag === 17) exemplar.value = reader.double();
    else if (tag === 24) exemplar.timeMs = reader.int64();
    else reader.skip(tag);
  }
  reader.leave(end);
  return exemplar;
}

function readMetadata(reader: ProtoReader): MetricMetadata {
  const end = reader.end();
  const metadata: MetricMetadata = { metric: '', type: 'unknown', help: '', unit: '' };
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 8) metadata.type = metricTypes[reader.varint()] ?? 'unknown';
    else if (tag === 18) metadata.metric = reader.text();
    else if (tag === 34) metadata.help = reader.text();
    else if (tag === 42) metadata.unit = reader.text();
    else reader.skip(tag);
  }
  reader.leave(end);
  return metadata;
}
