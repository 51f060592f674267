import { describe, expect, it } from '@jest/globals';
import { isStale, markStale } from '@scm/promql';
import { SampleBuffer } from './sample-buffer.js';

const contents = (buffer: SampleBuffer) => {
  const { times, values } = buffer.between(-Infinity, Infinity);
  return Array.from(times, (time, i) => [time, values[i]]);
};

describe('a sample buffer', () => {
  it('equals a sorted map whatever comes in whatever order', () => {
    // A fixed linear congruential sequence: the same cases each run.
    let seed = 7;
    const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below;
    const buffer = new SampleBuffer();
    const truth = new Map<number, number>();
    for (let i = 0; i < 5_000; i++) {
      const time = random(700) + Math.floor(i / 10);
      buffer.add(time, [i], 0);
      truth.set(time, i);
      if (i % 500 === 499) {
        const cut = Math.floor(i / 12);
        buffer.dropBefore(cut);
        for (const known of truth.keys()) if (known < cut) truth.delete(known);
      }
    }
    expect(contents(buffer)).toEqual([...truth].sort(([a], [b]) => a - b));
  });

  it('gives what lies after one time up to another', () => {
    const buffer = new SampleBuffer();
    for (const time of [10, 20, 30]) buffer.add(time, [time], 0);
    expect([...buffer.between(10, 30).times]).toEqual([20, 30]);
    expect([...buffer.between(30, 99).times]).toEqual([]);
  });

  it('gives memory back', () => {
    const buffer = new SampleBuffer();
    for (let i = 0; i < 10_000; i++) buffer.add(i, [i], 0);
    const full = buffer.bytes;
    buffer.dropBefore(9_990);
    expect(buffer.bytes).toBeLessThan(full / 100);
    expect(buffer.length).toBe(10);
  });

  it('keeps the end of a series apart from other NaNs, in order and out of it', () => {
    const values = Float64Array.of(NaN, 0, Infinity, -0);
    markStale(values, 1);
    const buffer = new SampleBuffer();
    for (const [i, time] of [40, 30, 20, 10].entries()) buffer.add(time, values, i);
    buffer.add(40, values, 1);
    const found = buffer.between(0, 40).values;
    expect([...found]).toEqual([-0, Infinity, NaN, NaN]);
    expect([0, 1, 2, 3].map((i) => isStale(found, i))).toEqual([false, false, true, true]);
  });
});
