import { describe, expect, it } from '@jest/globals';
import { Grants, Places, type LockedCounter } from './grants.js';

const workspaceId = 'one';
const now = 1_000_000;

function counterOf(key: string, atWork = 0, isWaitedFor = false): LockedCounter {
  return { workspaceId, key, atWork, begun: [], freeAtMs: 0, isWaitedFor };
}

describe('grants', () => {
  it('gives a place under every limit or none', () => {
    const [few, many] = [counterOf('few', 1), counterOf('many')];
    const grants = new Grants([few, many], now);
    const limits = [
      { key: 'many', limit: 10 },
      { key: 'few', limit: 2 },
    ];
    expect(grants.take(workspaceId, limits)).toBe(true);
    expect(grants.take(workspaceId, limits)).toBe(false);
    expect([few.atWork, many.atWork]).toEqual([2, 1]);
  });

  it('gives the place of a call that ends to the next one', () => {
    const grants = new Grants([counterOf('few', 1)], now);
    const limits = [{ key: 'few', limit: 1 }];
    expect(grants.take(workspaceId, limits)).toBe(false);
    grants.giveBack(workspaceId, limits);
    expect(grants.take(workspaceId, limits)).toBe(true);
  });

  it('lets those that wait come first', () => {
    const grants = new Grants([counterOf('few', 0, true)], now);
    expect(grants.take(workspaceId, [{ key: 'few', limit: 5 }])).toBe(false);
  });

  it('knows nothing of keys whose counters it does not hold, or of another workspace', () => {
    const grants = new Grants([counterOf('few')], now);
    expect(grants.take(workspaceId, [{ key: 'other', limit: 5 }])).toBe(false);
    expect(grants.take('two', [{ key: 'few', limit: 5 }])).toBe(false);
  });

  it('tells what began under rates, once for each key', () => {
    const grants = new Grants([counterOf('rate'), counterOf('few')], now);
    const limits = [
      { key: 'rate', limit: 3, periodMs: 1_000 },
      { key: 'few', limit: 5 },
    ];
    for (const expected of [true, true, true, false]) expect(grants.take(workspaceId, limits)).toBe(expected);
    expect(grants.begun()).toEqual([expect.objectContaining({ key: 'rate', begun: [[now, 3]] })]);
  });
});

describe('places', () => {
  it('are taken once by a call, and not needed by one without limits', () => {
    const few = counterOf('few');
    const places = new Places(workspaceId, new Grants([few], now));
    const frame = { id: 1, limits: [{ key: 'few', limit: 1 }] };
    expect([places.take(frame), places.take(frame), few.atWork]).toEqual([true, true, 1]);
    expect(places.take({ id: 2, limits: frame.limits })).toBe(false);
    expect(new Places(workspaceId).take(frame)).toBe(false);
    expect(new Places(workspaceId).take({ id: 3 })).toBe(true);
  });
});
