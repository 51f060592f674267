import { describe, expect, it } from '@jest/globals';
import { isStale, markStale } from '@scm/promql';
import { randomFrom } from '@scm/testing';
import type { SampleSlice } from '../series/sample-buffer.js';
import { DECIMALS, decodeChunk, encodeChunk, XORS, type EncodedChunk } from './chunk-codec.js';

const seed = Number(process.env['SCM_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const random = randomFrom(seed);
const below = (n: number) => Math.floor(random() * n);
const T0 = 1_800_000_000_000;

type NextValue = (former: number, i: number) => number;

const bits = new DataView(new ArrayBuffer(8));
/** Any 64 bits: NaNs of every kind, subnormal numbers, whatever. */
const anyBits = (): Float64Array => {
  bits.setUint32(0, below(2 ** 32));
  bits.setUint32(4, below(2 ** 32));
  return new Float64Array(bits.buffer.slice(0));
};
const odd = [NaN, Infinity, -Infinity, -0, 0, Number.MAX_VALUE, Number.MIN_VALUE, 9e14, -9e14, 9.1e14, 2 ** 53, 1e-7];

const kinds: Record<string, NextValue> = {
  'a constant': (former) => former,
  'a counter': (former) => former + below(1_000),
  'a counter that starts anew': (former) => (below(50) === 0 ? 0 : former + below(1_000_000)),
  'a gauge of two decimals': () => below(100_000) / 100,
  'a slow gauge': (former) => Math.round((former + random() - 0.5) * 1_000) / 1_000,
  bytes: () => below(2 ** 32) * 4_096,
  fractions: () => random() * 100,
  'what is odd among decimals': () => (below(20) === 0 ? (odd[below(odd.length)] ?? 0) : below(100) / 10),
  'what is odd': () => odd[below(odd.length)] ?? 0,
  'great and small ones': () => (random() - 0.5) * 10 ** (below(600) - 300),
};

const distances: Record<string, () => number> = {
  regular: () => 15_000,
  'nearly regular': () => 15_000 + below(11) - 5,
  irregular: () => 1 + below(10 ** (1 + below(8))),
};

function series(n: number, next: NextValue, distance: () => number): SampleSlice {
  const [times, values] = [new Float64Array(n), new Float64Array(n)];
  let [time, value] = [T0 + below(1_000_000), below(1_000)];
  for (let i = 0; i < n; i++) {
    times[i] = time;
    values[i] = value = next(value, i);
    time += distance();
  }
  return { times, values };
}

function decoded(chunk: EncodedChunk, t0: number, n: number): SampleSlice {
  const into = { times: new Float64Array(n), values: new Float64Array(n) };
  decodeChunk(chunk, t0, into);
  return into;
}

const bytesOf = ({ times, values }: SampleSlice) =>
  [times, values].map((a) => Buffer.from(a.slice().buffer).toString('hex'));
const roundTrip = (slice: SampleSlice): EncodedChunk => {
  const chunk = encodeChunk(slice);
  expect(bytesOf(decoded(chunk, slice.times[0] ?? 0, slice.times.length))).toEqual(bytesOf(slice));
  return chunk;
};

describe(`a chunk (SCM_SEED=${seed})`, () => {
  it.each(Object.keys(kinds))('gives %s back bit by bit', (kind) => {
    for (const distance of Object.values(distances)) {
      for (const n of [1, 2, 3, 120, 480, 1 + below(600)]) roundTrip(series(n, kinds[kind] ?? Number, distance));
    }
  });

  it('gives any bits back, stale markers among numbers too', () => {
    for (let round = 0; round < 50; round++) {
      const slice = series(
        1 + below(480),
        () => below(100),
        () => 1_000,
      );
      const wild = below(100);
      for (let i = 0; i < slice.values.length; i++) {
        if (below(100) < wild) slice.values.set(anyBits(), i);
        if (below(100) === 0) markStale(slice.values, i);
      }
      roundTrip(slice);
    }
  });

  it('knows the stale marker again', () => {
    const slice = series(
      480,
      (former) => former + 1,
      () => 15_000,
    );
    markStale(slice.values, 479);
    const chunk = roundTrip(slice);
    expect(chunk.encoding).toBe(DECIMALS);
    expect(isStale(decoded(chunk, slice.times[0] ?? 0, 480).values, 479)).toBe(true);
  });

  it('takes few bytes for what monitoring is made of', () => {
    const size = (kind: string) => encodeChunk(series(480, kinds[kind] ?? Number, () => 15_000)).data.length / 480;
    expect(size('a constant')).toBeLessThan(0.05);
    expect(size('a counter')).toBeLessThan(2.05);
    expect(size('a gauge of two decimals')).toBeLessThan(3.1);
    expect(size('a slow gauge')).toBeLessThan(2.1);
  });

  it('takes either way of writing', () => {
    expect(encodeChunk(series(480, kinds['fractions'] ?? Number, () => 15_000)).encoding).toBe(XORS);
    expect(encodeChunk(series(480, kinds['a slow gauge'] ?? Number, () => 15_000)).encoding).toBe(DECIMALS);
  });

  it('is refused when its bytes end too early or are none', () => {
    for (const kind of ['a slow gauge', 'fractions']) {
      const slice = series(100, kinds[kind] ?? Number, () => 15_000);
      const { encoding, data } = encodeChunk(slice);
      expect(() => decoded({ encoding, data: data.subarray(0, -9) }, T0, 100)).toThrow(RangeError);
      expect(() => decoded({ encoding: 9, data }, T0, 100)).toThrow(RangeError);
    }
  });
});
