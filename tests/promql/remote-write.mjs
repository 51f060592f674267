import { compress } from 'snappy';

const STALE = Buffer.from([0x02, 0, 0, 0, 0, 0, 0xf0, 0x7f]);

/** A remote write request of some series with one sample each: protobuf, compressed. */
export function encodeWrite(series) {
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
