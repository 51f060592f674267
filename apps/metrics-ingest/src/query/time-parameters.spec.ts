import { describe, expect, it } from '@jest/globals';
import { parseSeriesSelector } from './selector.js';
import { limitOf, stepOf, timeOf, timeoutOf } from './time-parameters.js';

describe('parameters', () => {
  it('reads times as seconds and as RFC 3339', () => {
    expect(timeOf('time', '1435781451.781')).toBe(1_435_781_451_781);
    expect(timeOf('time', '2015-07-01T20:10:51.781Z')).toBe(1_435_781_451_781);
    for (const text of ['now', '', '2015-07-01', 'NaN', 'Infinity', '1e300', '2015-99-01T00:00:00Z']) {
      expect(() => timeOf('time', text)).toThrow('time');
    }
  });

  it('reads steps, timeouts and limits', () => {
    expect([stepOf('15'), stepOf('15s'), stepOf('0.5')]).toEqual([15_000, 15_000, 500]);
    for (const text of ['0', '-1', 'x', '1e400']) expect(() => stepOf(text)).toThrow('step');
    expect([timeoutOf(undefined), timeoutOf('2'), timeoutOf('500ms')]).toEqual([Infinity, 2_000, 500]);
    for (const text of ['0', '-1', 'soon']) expect(() => timeoutOf(text)).toThrow('timeout');
    expect([limitOf(undefined), limitOf('0'), limitOf('3')]).toEqual([Infinity, Infinity, 3]);
    expect(() => limitOf('-1')).toThrow('limit');
  });

  it('reads selectors, and refuses what is more', () => {
    expect(parseSeriesSelector('match.0', 'up{a="b"}')).toMatchObject({ name: 'up', matchers: [{}, {}] });
    expect(parseSeriesSelector('match.0', '{a="b"}')).not.toHaveProperty('name');
    for (const text of ['up[5m]', 'rate(up[5m])', 'up{', '{}', '1']) {
      expect(() => parseSeriesSelector('match.0', text)).toThrow(
        expect.objectContaining({
          code: 'INVALID_ARGUMENT',
          details: [{ path: 'match.0', message: expect.any(String) }],
        }),
      );
    }
  });
});
