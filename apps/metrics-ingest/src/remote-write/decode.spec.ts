import { expect, it } from '@jest/globals';
import { isStale, markStale } from '@scm/promql';
import { Batch } from '../ingest/batch.js';
import { decodeV1 } from './decode.v1.js';
import { decodeV2 } from './decode.v2.js';

/** A field of a message: its tag, its length and its bytes. */
const part = (tag: number, bytes: Uint8Array) => Buffer.concat([Buffer.of(tag, bytes.length), bytes]);

/** A sample with the bits of a stale marker, or of the NaN that calculations give. */
function sample(stale: boolean, time: number): Buffer {
  const value = Float64Array.of(NaN);
  if (stale) markStale(value, 0);
  return part(18, Buffer.concat([Buffer.of(9), Buffer.from(value.buffer), Buffer.of(16, time)]));
}

const samples = Buffer.concat([sample(true, 1), sample(false, 2), sample(true, 100), sample(true, 3)]);

it.each([
  ['1.0', decodeV1, part(10, samples)],
  ['2.0', decodeV2, part(42, samples)],
])('keeps the bits of the stale markers of %s, whatever is refused between them', (_, decode, bytes) => {
  const [series] = decode(bytes).series;
  const batch = new Batch({ oldestMs: 0, newestMs: 50 });
  if (series) batch.add(0, { key: 'k', labels: { __name__: 'm' } }, series);
  const values = batch.series[0]?.values as Float64Array;
  expect([...values.keys()].map((i) => isStale(values, i))).toEqual([true, false, true]);
  expect(batch.refusals.rejected).toBe(1);
});

it('reads times before 1970 as such', () => {
  const before = Buffer.from([16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
  expect(decodeV1(part(10, part(18, before))).series[0]?.times).toEqual([-1]);
});
