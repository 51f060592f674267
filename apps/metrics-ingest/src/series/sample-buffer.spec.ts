import { describe, expect, it } from '@jest/globals';
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
      buffer.add(time, i);
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
    for (const time of [10, 20, 30]) buffer.add(time, time);
    expect([...buffer.between(10, 30).times]).toEqual([20, 30]);
    expect([...buffer.between(30, 99).times]).toEqual([]);
  });

  it('gives memory back', () => {
    const buffer = new SampleBuffer();
    for (let i = 0; i < 10_000; i++) buffer.add(i, i);
    const full = buffer.bytes;
    buffer.dropBefore(9_990);
    expect(buffer.bytes).toBeLessThan(full / 100);
    expect(buffer.length).toBe(10);
  });
});
