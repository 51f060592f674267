import { compress } from 'snappy';
import { SCRAPE_MS } from './data.mjs';

const STALE = Buffer.from([0x02, 0, 0, 0, 0, 0, 0xf0, 0x7f]);

/** Sends all samples, in the order of time, which is how Prometheus takes them: scrape by scrape. */
export async function remoteWrite(url, headers, all) {
  const byTime = Map.groupBy(
    all.flatMap(({ labels, samples }) => samples.map((sample) => ({ labels, sample }))),
    ({ sample: [time] }) => Math.floor(time / SCRAPE_MS),
  );
  for (const key of [...byTime.keys()].sort((a, b) => a - b)) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body: await encode(byTime.get(key)),
    });
    if (!response.ok) throw new Error(`remote write: ${response.status} ${await response.text()}`);
  }
}

/** A request with one sample of each series: protobuf, compressed. */
function encode(series) {
  return compress(Buffer.concat(series.map(({ labels, sample }) => message(1, timeSeries(labels, sample)))));
}

function timeSeries(labels, [time, value]) {
  const names = Object.keys(labels).sort();
  const pairs = names.map((name) =>
    message(1, Buffer.concat([message(1, Buffer.from(name)), message(2, Buffer.from(labels[name]))])),
  );
  const bytes = value === 'stale' ? STALE : double(value);
  const sample = Buffer.concat([Buffer.of(0x09), bytes, Buffer.of(0x10), varint(BigInt(time))]);
  return Buffer.concat([...pairs, message(2, sample)]);
}

function message(field, bytes) {
  return Buffer.concat([Buffer.of((field << 3) | 2), varint(BigInt(bytes.length)), bytes]);
}

function double(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function varint(number) {
  const bytes = [];
  let rest = number;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}
