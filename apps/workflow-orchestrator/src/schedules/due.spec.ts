import { describe, expect, it } from '@jest/globals';
import { dueOf, firstTime } from './due.js';
import type { Timing } from './timing.js';

const at = (text: string) => new Date(text);
const berlin = (cron: string): Timing => ({ cron, timeZone: 'Europe/Berlin' });

/** The times of a schedule from its first one on, when somebody looks at each of them. */
function timesOf(timing: Timing, stored: string, count: number): string[] {
  const times: string[] = [];
  for (let next = firstTime(timing, at(stored)); next && times.length < count;) {
    times.push(next.toISOString());
    next = dueOf(timing, next, next)?.next;
  }
  return times;
}

describe('a cron pattern', () => {
  it('is read in its time zone', () => {
    expect(timesOf(berlin('30 9 * * 1-5'), '2026-01-02T12:00:00Z', 2)).toEqual([
      '2026-01-05T08:30:00.000Z',
      '2026-01-06T08:30:00.000Z',
    ]);
    expect(timesOf({ cron: '30 9 * * *', timeZone: 'UTC' }, '2026-07-01T00:00:00Z', 1)).toEqual([
      '2026-07-01T09:30:00.000Z',
    ]);
  });

  it('runs at once what clocks skip in spring, and once what they show twice in autumn', () => {
    expect(timesOf(berlin('30 2 * * *'), '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T01:30:00.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
    expect(timesOf(berlin('30 2 * * *'), '2026-10-23T12:00:00Z', 3)).toEqual([
      '2026-10-24T00:30:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  it('of every hour has 23 of them in spring, and 25 in autumn', () => {
    const hours = (from: string, day: string) =>
      timesOf(berlin('0 * * * *'), from, 30).filter(
        (time) => new Date(time).toLocaleDateString('sv', { timeZone: 'Europe/Berlin' }) === day,
      ).length;
    expect(hours('2026-03-28T22:30:00Z', '2026-03-29')).toBe(23);
    expect(hours('2026-10-24T21:30:00Z', '2026-10-25')).toBe(25);
  });

  it('is due at its time and not before', () => {
    const next = at('2026-01-01T10:05:00Z');
    expect(dueOf(berlin('*/5 * * * *'), next, at('2026-01-01T10:04:59.999Z'))).toBeUndefined();
    expect(dueOf(berlin('*/5 * * * *'), next, next)).toEqual({ at: next, next: at('2026-01-01T10:10:00Z') });
  });

  it('that was missed is caught up with once, for its latest time', () => {
    expect(dueOf(berlin('*/5 * * * *'), at('2026-01-01T10:05:00Z'), at('2026-01-03T07:42:00Z'))).toEqual({
      at: at('2026-01-03T07:40:00Z'),
      missedFrom: at('2026-01-01T10:05:00Z'),
      next: at('2026-01-03T07:45:00Z'),
    });
  });
});

describe('a period', () => {
  const everyMinute: Timing = { everyMs: 60_000 };

  it('goes on from when its version was stored', () => {
    expect(timesOf(everyMinute, '2026-01-01T00:00:12.345Z', 2)).toEqual([
      '2026-01-01T00:01:12.345Z',
      '2026-01-01T00:02:12.345Z',
    ]);
  });

  it('that was missed is caught up with once, and keeps its beat', () => {
    expect(dueOf(everyMinute, at('2026-01-01T00:01:12Z'), at('2026-01-01T01:00:00Z'))).toEqual({
      at: at('2026-01-01T00:59:12Z'),
      missedFrom: at('2026-01-01T00:01:12Z'),
      next: at('2026-01-01T01:00:12Z'),
    });
  });

  it('after an end leaves the next time to the next end', () => {
    const next = at('2026-01-01T00:01:00Z');
    expect(dueOf({ afterMs: 1_000 }, next, at('2026-01-01T00:02:00Z'))).toEqual({ at: next });
  });
});
