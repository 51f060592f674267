import { ProtoReader } from '../wire/proto.reader.js';
import { SymbolTable } from './symbol.table.js';
import { metricTypes, type MetricMetadata } from '../metadata/metric.metadata.js';
import { readSample, type WireExemplar, type WireRequest, type WireSeries } from './wire.series.js';

/** An `io.prometheus.write.v2.Request`: texts stand once, in a table that the rest refers to. */
export function decodeV2(bytes: Buffer): WireRequest {
  const reader = new ProtoReader(bytes);
  const symbols = new SymbolTable();
  const places: number[] = [];
  while (reader.pos < bytes.length) {
    const tag = reader.tag();
    if (tag === 34) symbols.add(reader.text());
    else {
      if (tag === 42) places.push(reader.pos);
      reader.skip(tag);
    }
  }
  const series = places.map((at) => {
    reader.pos = at;
    return readSeries(reader, symbols);
  });
  return { series, metadata: [] };
}

function readSeries(reader: ProtoReader, symbols: SymbolTable): WireSeries {
  const end = reader.end();
  const refs: number[] = [];
  const labels = () => symbols.pairs(refs);
  const series = { key: '', labels, times: [], values: [], exemplars: [], histograms: 0, startMs: 0 } as WireSeries & {
    key: string;
  };
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10 || tag === 8) readRefs(reader, tag, refs);
    else if (tag === 18) readSample(reader, series);
    else if (tag === 34) series.exemplars.push(readExemplar(reader, symbols));
    else if (tag === 42) series.metadata = readMetadata(reader, symbols);
    else if (tag === 48) series.startMs = reader.int64();
    else {
      if (tag === 26) series.histograms++;
      reader.skip(tag);
    }
  }
  reader.leave(end);
  for (const ref of refs) series.key += `${symbols.text(ref)}\0`;
  return series;
}

/** Packed, as encoders do it, or one by one. */
function readRefs(reader: ProtoReader, tag: number, refs: number[]): void {
  if (tag === 8) {
    refs.push(reader.varint());
    return;
  }
  const end = reader.end();
  while (reader.pos < end) refs.push(reader.varint());
  reader.leave(end);
}

function readExemplar(reader: ProtoReader, symbols: SymbolTable): WireExemplar {
  const end = reader.end();
  const refs: number[] = [];
  const exemplar: WireExemplar = { labels: [], value: 0, timeMs: 0 };
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 10 || tag === 8) readRefs(reader, tag, refs);
    else if (tag === 17) exemplar.value = reader.double();
    else if (tag === 24) exemplar.timeMs = reader.int64();
    else reader.skip(tag);
  }
  reader.leave(end);
  exemplar.labels = symbols.pairs(refs);
  return exemplar;
}

function readMetadata(reader: ProtoReader, symbols: SymbolTable): MetricMetadata {
  const end = reader.end();
  const metadata: MetricMetadata = { metric: '', type: 'unknown', help: '', unit: '' };
  while (reader.pos < end) {
    const tag = reader.tag();
    if (tag === 8) metadata.type = metricTypes[reader.varint()] ?? 'unknown';
    else if (tag === 24) metadata.help = symbols.text(reader.varint());
    else if (tag === 32) metadata.unit = symbols.text(reader.varint());
    else reader.skip(tag);
  }
  reader.leave(end);
  return metadata;
}
