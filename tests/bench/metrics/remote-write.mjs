import snappy from 'snappy';
import { stepMs } from './samples.mjs';

export const connections = 4;
export const samplesPerRequest = 2_000;

/**
 * The bodies of remote write 1.0 for each connection: 2,000 samples each, a sample a series as agents send them, in the
 * order of time. Each connection has series of its own, as senders do.
 */
export function encodeBodies(series, { scrapes, startMs }) {
  const share = Math.ceil(series.length / connections);
  return Array.from({ length: connections }, (_, i) =>
    bodiesOf(series.slice(i * share, (i + 1) * share), { scrapes, startMs }),
  );
}

function bodiesOf(series, { scrapes, startMs }) {
  const templates = series.map(({ labels }) => encodeSeries(encodeLabels(labels), 0, startMs));
  const bodies = [];
  let parts = [];
  const end = () => {
    bodies.push(snappy.compressSync(Buffer.concat(parts)));
    parts = [];
  };
  for (let scrape = 0; scrape < scrapes; scrape++) {
    const time = varint(startMs + scrape * stepMs);
    series.forEach(({ next }, i) => {
      const bytes = Buffer.from(templates[i]);
      // The value and the time stand at the end, and are always as long.
      bytes.writeDoubleLE(next(), bytes.length - time.length - 9);
      bytes.set(time, bytes.length - time.length);
      if (parts.push(bytes) === samplesPerRequest) end();
    });
  }
  if (parts.length > 0) end();
  return bodies;
}

/** `TimeSeries.labels` (Prometheus, prompb/types.proto). */
function encodeLabels(labels) {
  const pairs = Object.entries(labels).map(([name, value]) => {
    const pair = Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))]);
    return field(1, pair);
  });
  return Buffer.concat(pairs);
}

function encodeSeries(labels, value, timeMs) {
  const number = Buffer.alloc(9);
  number[0] = (1 << 3) | 1;
  number.writeDoubleLE(value, 1);
  const sample = Buffer.concat([number, Buffer.of(2 << 3), varint(timeMs)]);
  return field(1, Buffer.concat([labels, field(2, sample)]));
}

function field(number, bytes) {
  return Buffer.concat([Buffer.of((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value) {
  const bytes = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.of(...bytes, rest);
}
