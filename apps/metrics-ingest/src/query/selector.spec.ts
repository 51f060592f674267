import { describe, expect, it } from '@jest/globals';
import { parseDuration } from './duration.js';
import { matchesAll } from './matcher.js';
import { parseQuery } from './query-text.js';
import { limitOf, stepOf, timeOf } from './time-parameters.js';

const parse = (text: string) => parseQuery('query', text);
const matches = (text: string, labels: Record<string, string>) => matchesAll(parse(text).matchers, labels);

describe('selectors', () => {
  it.each([
    ['up', { __name__: 'up' }, true],
    ['up', { __name__: 'down' }, false],
    ['up{a="1"}', { __name__: 'up', a: '1' }, true],
    ['up{a!="1"}', { __name__: 'up' }, true],
    ['up{a=~"1|2"}', { __name__: 'up', a: '2' }, true],
    ['up{a=~"1|2"}', { __name__: 'up', a: '12' }, false],
    ['up{a=~"1.*", b!~"x+"}', { __name__: 'up', a: '1\n2', b: 'y' }, true],
    ['{__name__=~"u.+", a="",}', { __name__: 'up' }, true],
    [' up # a comment\n{ a = "b" } ', { __name__: 'up', a: 'b' }, true],
    [`up{a='it\\'s'}`, { __name__: 'up', a: "it's" }, true],
    ['up{a=`\\d`}', { __name__: 'up', a: '\\d' }, true],
    ['up{a="\\u00e9\\x41\\101\\n"}', { __name__: 'up', a: 'éAA\n' }, true],
    ['{"up", "a"="1"}', { __name__: 'up', a: '1' }, true],
    ['up{constructor=""}', { __name__: 'up' }, true],
  ])('%s on %j is %s', (text, labels, expected) => {
    expect(matches(text, labels)).toBe(expected);
  });

  it('reads a range', () => {
    expect(parse('up[1h30m]').rangeMs).toBe(5_400_000);
    expect(parse('up').rangeMs).toBeUndefined();
  });

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['rate(up[5m])', 'the function rate'],
    ['sum(up)', 'the aggregation sum'],
    ['sum by (a) (up)', 'the aggregation sum'],
    ['up + up', 'the operator +'],
    ['up > 1', 'the operator >'],
    ['up and up', 'the operator and'],
    ['up offset 5m', 'offset'],
    ['up @ 1', '@ modifier'],
    ['up[5m:1m]', 'subqueries'],
    ['(up)', 'parentheses'],
    ['1', 'number literals'],
    ['-up', 'unary'],
    ['"text"', 'text literals'],
  ])('says what is not supported in %j', (text, named) => {
    expect(() => parse(text)).toThrow(named);
  });

  it.each([
    '{}',
    '{a=""}',
    '{a=~".*"}',
    'up{',
    'up{a}',
    'up{a=}',
    'up{a=b}',
    'up{a="b" c="d"}',
    'up{a=~"("}',
    'up{a="\\q"}',
    'up{a="\\U00110000"}',
    'up{__name__="x"}',
    'up[5]',
    'up[0s]',
    'up[5m',
    'up up',
    'a b',
    'ü',
    '\\',
    `up{a=~"${'(a{900})'.repeat(2)}"}`,
    `up{a=~"${'a'.repeat(2_000)}"}`,
    `up{${'a="b",'.repeat(100)}}`,
  ])('refuses %j with a typed error', (text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', details: [{ path: 'query', message: expect.any(String) }] }),
    );
  });
});

describe('parameters', () => {
  it.each([
    ['5m', 300_000],
    ['1d12h', 129_600_000],
    ['1500ms', 1_500],
    ['1m30s', 90_000],
    ['0s', 0],
    ['5', undefined],
    ['', undefined],
    ['1s1m', undefined],
    ['99999999999999y', undefined],
  ])('duration %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it('reads times as seconds and as RFC 3339', () => {
    expect(timeOf('time', '1435781451.781')).toBe(1_435_781_451_781);
    expect(timeOf('time', '2015-07-01T20:10:51.781Z')).toBe(1_435_781_451_781);
    for (const text of ['now', '', '2015-07-01', 'NaN', 'Infinity', '1e300', '2015-99-01T00:00:00Z']) {
      expect(() => timeOf('time', text)).toThrow('time');
    }
  });

  it('reads steps and limits', () => {
    expect([stepOf('15'), stepOf('15s'), stepOf('0.5')]).toEqual([15_000, 15_000, 500]);
    for (const text of ['0', '-1', 'x', '1e400']) expect(() => stepOf(text)).toThrow('step');
    expect([limitOf(undefined), limitOf('0'), limitOf('3')]).toEqual([Infinity, Infinity, 3]);
    expect(() => limitOf('-1')).toThrow('limit');
  });
});
