import { describe, expect, it } from '@jest/globals';
import type { Limit } from '../machine/limits.js';
import { choose, counterKey, type Candidate } from './choose.js';
import { count, freeAtMs, hasRoom, type Counter } from './counter.js';
import type { LaneName } from './lanes.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const counter = (atWork = 0): Counter => ({ atWork, begun: [], freeAtMs: 0 });
const a: Limit = { key: 'step:a', limit: 2 };
const b: Limit = { key: 'step:b', limit: 1 };

function candidate(rank: number, limits: Limit[] | null = null, more: Partial<Candidate> = {}): Candidate {
  const executionId = `execution-${rank}`;
  return {
    executionId,
    frame: 2,
    workspaceId: 'w',
    lane: 'action',
    priority: 3,
    rank,
    limits,
    blockedBy: null,
    ...more,
  };
}

function chosen(candidates: Candidate[], room: number, counters: Record<string, Counter> = {}) {
  const named = new Map(Object.entries(counters).map(([key, one]) => [counterKey('w', key), one]));
  const rooms = new Map<LaneName, number>([['action', room]]);
  const { admitted, blocked, unblocked } = choose(candidates, named, rooms, NOW);
  return {
    admitted: admitted.map(({ rank }) => rank),
    blocked: blocked.map(({ candidate: { rank }, by }) => [rank, by]),
    unblocked: unblocked.map(({ rank }) => rank),
  };
}

describe('what is admitted', () => {
  it('comes by priority, then by rank, as long as its lane has room', () => {
    const candidates = [candidate(3), candidate(9, null, { priority: 1 }), candidate(1), candidate(2)];
    expect(chosen(candidates, 3)).toEqual({ admitted: [9, 1, 2], blocked: [], unblocked: [] });
  });

  it('holds every limit or none: what one limit refuses takes no place of another', () => {
    const candidates = [candidate(1, [a, b]), candidate(2, [a, b]), candidate(3, [a])];
    const counters = { 'step:a': counter(), 'step:b': counter() };
    expect(chosen(candidates, 9, counters)).toEqual({ admitted: [1, 3], blocked: [[2, 'step:b']], unblocked: [] });
    expect([counters['step:a'].atWork, counters['step:b'].atWork]).toEqual([2, 1]);
  });

  it('lets those behind pass that no limit holds back', () => {
    const candidates = [candidate(1, [b]), candidate(2, [b]), candidate(3)];
    expect(chosen(candidates, 2, { 'step:b': counter(1) }).admitted).toEqual([3]);
  });

  it('is held back no more when only its lane is full', () => {
    const candidates = [candidate(1, [b], { blockedBy: 'step:b' })];
    expect(chosen(candidates, 0, { 'step:b': counter() })).toEqual({ admitted: [], blocked: [], unblocked: [1] });
  });
});

describe('a rate', () => {
  const rate: Limit = { key: 'step-rate:a', limit: 10, periodMs: 1_000 };

  it('never lets more begin in any period, and is not much slower than it may be', () => {
    const kept = counter();
    const begun: number[] = [];
    for (let nowMs = NOW; nowMs < NOW + 20_000; nowMs += 7) {
      while (hasRoom(kept, rate, nowMs)) {
        count(kept, rate, nowMs);
        begun.push(nowMs);
      }
    }
    const most = Math.max(...begun.map((from) => begun.filter((at) => at >= from && at < from + 1_000).length));
    expect(most).toBe(10);
    expect(begun.length).toBeGreaterThan(185);
  });

  it('says when the next one may begin', () => {
    const kept = counter();
    for (let i = 0; i < 10; i++) count(kept, rate, NOW + i);
    expect(hasRoom(kept, rate, NOW + 10)).toBe(false);
    const freeAt = freeAtMs(kept, rate, NOW + 10) ?? 0;
    expect([hasRoom(kept, rate, freeAt - 1), hasRoom(kept, rate, freeAt)]).toEqual([false, true]);
    expect(freeAt).toBeLessThanOrEqual(NOW + 1_100);
    expect(kept.freeAtMs).toBeGreaterThanOrEqual(freeAt);
  });

  it('of many begins keeps only a few numbers', () => {
    const many: Limit = { key: 'step-rate:a', limit: 1_000_000, periodMs: 60_000 };
    const kept = counter();
    for (let i = 0; i < 100_000; i++) count(kept, many, NOW + i);
    expect(kept.begun.length).toBeLessThanOrEqual(21);
  });
});
