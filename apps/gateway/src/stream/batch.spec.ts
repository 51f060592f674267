import { describe, expect, it } from '@jest/globals';
import { batchesOf, type Batch } from './batch.js';

const event = (seq: number, json = `{"n":${seq}}`) => ({ seq, subject: 's', ts: seq * 10, json });
const parsed = (batch: Batch | undefined) => JSON.parse(batch?.message.plain.subarray(2).toString() ?? 'null');

describe('batches', () => {
  it('make one frame of events that follow each other', () => {
    const [batch, ...more] = batchesOf('runs:w', 3, [event(4), event(7), event(9)]);
    expect(more).toEqual([]);
    const d = [{ n: 4 }, { n: 7 }, { n: 9 }];
    expect(parsed(batch)).toEqual({ t: 'ev', ch: 'runs:w', p: 3, s: [4, 7, 9], d, ts: 90 });
  });

  it('leave out what was before and what came twice', () => {
    const [batch] = batchesOf('c', 5, [event(4), event(5), event(6), event(6), event(8)]);
    expect(batch?.events.map(({ seq }) => seq)).toEqual([6, 8]);
    expect(batchesOf('c', 8, [event(8)])).toEqual([]);
  });

  it('are cut where a frame would be too large, a larger event stands alone', () => {
    const [large, larger] = ['x'.repeat(200_000), 'x'.repeat(600_000)];
    const batches = batchesOf('c', 0, [event(1, large), event(2, large), event(3, larger), event(4)]);
    expect(batches.map(({ previous, events }) => [previous, ...events.map(({ seq }) => seq)])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ]);
  });

  it('give what follows a number, and only so many', () => {
    const [batch] = batchesOf('c', 3, [event(4), event(7), event(9)]);
    expect(batch?.after(3, 10)).toBe(batch);
    expect(batch?.after(0, 10)).toBe(batch);
    expect(parsed(batch?.after(4, 1))).toMatchObject({ p: 4, s: [7] });
    expect(parsed(batch?.after(5, 10))).toMatchObject({ p: 5, s: [7, 9] });
    expect(parsed(batch?.newest())).toMatchObject({ p: 7, s: [9] });
    expect(batch?.after(9, 10).last).toBeUndefined();
  });
});
