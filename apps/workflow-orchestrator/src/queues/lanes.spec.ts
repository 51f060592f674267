import { describe, expect, it } from '@jest/globals';
import { Lanes } from './lanes.js';

const measured = (lanes: Lanes, inStream: number, delivered: number, atMs: number) => {
  lanes.measuring('action');
  lanes.measured('action', { inStream, delivered }, atMs);
};

describe('the room of a lane', () => {
  it('is little as long as no worker has said what it does at once', () => {
    expect(new Lanes().room('action')).toBe(16);
  });

  it('is what workers do at once, and what they take in the next milliseconds', () => {
    const lanes = new Lanes();
    lanes.announced('action', 8);
    expect(lanes.room('action')).toBe(8);
    for (let i = 0; i < 20; i++) measured(lanes, 0, i * 100, i * 100);
    expect(lanes.room('action')).toBe(8 + 29);
    for (let i = 20; i < 40; i++) measured(lanes, 0, 2_000, i * 100);
    expect(lanes.room('action')).toBe(8);
  });

  it('is less by what goes to the workers, and corrected by what is measured', () => {
    const lanes = new Lanes();
    lanes.announced('action', 8);
    lanes.entered('action', 5);
    lanes.left('action', 2);
    expect(lanes.room('action')).toBe(5);
    lanes.measuring('action');
    lanes.entered('action');
    lanes.measured('action', { inStream: 6, delivered: 0 }, 0);
    expect(lanes.room('action')).toBe(1);
  });
});

describe('a call', () => {
  it('goes straight to the workers as long as there is room and nobody waits', () => {
    const lanes = new Lanes();
    lanes.announced('action', 1);
    expect(lanes.goesStraight('action')).toBe(true);
    lanes.entered('action');
    expect(lanes.goesStraight('action')).toBe(false);
    lanes.left('action');
    lanes.queued('action', 3);
    expect(lanes.goesStraight('action')).toBe(false);
    const mark = lanes.mark('action');
    lanes.queued('action', 3);
    lanes.emptied('action', mark);
    expect(lanes.hasBacklog('action')).toBe(true);
    expect([2, 3, 4].map((priority) => lanes.isFirst('action', priority))).toEqual([true, true, false]);
    lanes.seen('action', 5, lanes.mark('action'));
    expect(lanes.isFirst('action', 5)).toBe(true);
    lanes.emptied('action', lanes.mark('action'));
    expect(lanes.goesStraight('action')).toBe(true);
  });
});
