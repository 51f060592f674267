import { describe, expect, it } from '@jest/globals';
import {
  formatDuration,
  markStale,
  parseDuration,
  parseQuery,
  parseSelector,
  prettify,
  PromqlError,
  PromqlLimitError,
  QueryPlan,
  type EngineOptions,
  type QueryTimes,
  type ReadSamples,
} from './index.js';

const range: QueryTimes = { startMs: 60_000, endMs: 180_000, stepMs: 60_000 };
const at = (timeMs: number): QueryTimes => ({ startMs: timeMs, endMs: timeMs, stepMs: 0 });

function plan(query: string, times: QueryTimes, options: Partial<EngineOptions> = {}): QueryPlan {
  return new QueryPlan(query, parseQuery(query), times, options);
}

function series(values: readonly number[], name = 'm', stepMs = 15_000): ReadSamples {
  const times = Float64Array.from(values, (_, i) => i * stepMs);
  return { labels: { __name__: name }, times, values: Float64Array.from(values) };
}

describe('parsing', () => {
  it.each([
    ['', '1:1: parse error: no expression found in input'],
    ['rate(up[5m]', '1:12: parse error: unexpected end of input'],
    ['a +\n+ )', '2:3: parse error: unexpected ")"'],
    ['foo(up)', '1:1: parse error: unknown function with name "foo"'],
    ['sum(rate(up))', '1:10: parse error: expected type range vector in call to function "rate", got instant vector'],
    ['up{a="b"} and 1', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
    ['1 > 2', '1:1: parse error: comparisons between scalars must use BOOL modifier'],
    ['{a=~".*"}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['up{__name__="x"}', '1:1: parse error: metric name must not be set twice: "up" or "x"'],
    ['rate(up[5m], 1)', '1:1: parse error: expected 1 argument(s) in call to "rate", got 2'],
    ['topk(up)', '1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1'],
    ['up[0s]', '1:4: parse error: duration must be greater than 0'],
    ['sum(up) offset 5m', '1:1: parse error: offset modifier must be preceded by an instant vector selector or'],
    ['up{a="b', 'parse error: '],
    ['up{a=~"("}', '1:4: parse error: a has no valid pattern'],
    [`up{a=~"${'(a{900})'.repeat(2)}"}`, 'the pattern repeats more than 1000 times'],
    [`${'('.repeat(300)}1${')'.repeat(300)}`, 'nested deeper than 200'],
    ['"a\\q"', 'error unquoting string'],
  ])('says what is wrong in %j', (text, message) => {
    expect(() => parseQuery(text)).toThrow(PromqlError);
    expect(() => parseQuery(text)).toThrow(message);
  });

  it('takes selectors alone where series are meant', () => {
    expect(parseSelector('{"a metric", é="x"}'.replace('é', '"é"')).matchers.map(({ label }) => label)).toEqual([
      '__name__',
      'é',
    ]);
    for (const text of ['up[5m]', 'up offset 5m', 'sum(up)', '1'])
      expect(() => parseSelector(text)).toThrow(PromqlError);
  });

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
  ])('reads the duration %j', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it('writes durations', () => {
    expect([0, 90_000, 86_400_000, 90_000_000, -1].map(formatDuration)).toEqual(['0s', '1m30s', '1d', '25h', '-1ms']);
  });
});

describe('formatting', () => {
  it.each([
    ['sum(rate(foo{a = "b" ,c!="d"}[ 5m ]))by(x)', 'sum by (x) (rate(foo{a="b",c!="d"}[5m]))'],
    ['a+on(b)group_left(c)  d', 'a + on (b) group_left (c) d'],
    ['-foo@5 offset 1h', '-foo @ 5.000 offset 1h'],
    ['max_over_time(a[1h:])', 'max_over_time(a[1h:])'],
    ['2*-1^2', '2 * -1 ^ 2'],
    ['foo[ (1m*2) ]', 'foo[(1m * 2)]'],
    ['"é"', '"é"'],
  ])('writes %j in one form', (text, formatted) => {
    expect(prettify(parseQuery(text))).toBe(formatted);
    expect(prettify(parseQuery(formatted))).toBe(formatted);
  });

  it('splits what is too long for a line', () => {
    const name = 'x'.repeat(90);
    expect(prettify(parseQuery(`sum by (job) (rate(${name}[5m])) / sum(up)`))).toBe(
      `  sum by (job) (\n    rate(${name}[5m])\n  )\n/\n  sum(up)`,
    );
  });
});

describe('planning', () => {
  it.each([
    ['m', range, [[-240_000, 180_000]]],
    ['rate(m[5m] offset 1m)', range, [[-300_000, 120_000]]],
    ['m @ 10', range, [[-290_000, 10_000]]],
    ['m + m', range, [[-240_000, 180_000]]],
    [
      'm + n',
      range,
      [
        [-240_000, 180_000],
        [-240_000, 180_000],
      ],
    ],
    ['max_over_time(m[2m:1m])', range, [[-300_000, 180_000]]],
    ['1 + 1', range, []],
  ])('asks for what %s needs', (query, times, spans) => {
    expect(plan(query, times).requests.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual(spans);
  });

  it('refuses what no range can give', () => {
    expect(() => plan('m[5m]', range)).toThrow('invalid expression type "range vector" for range query');
    expect(() => plan('m', { startMs: 0, endMs: 11_001, stepMs: 1 })).toThrow('11,000 points');
  });
});

describe('evaluating', () => {
  const counter = series(Array.from({ length: 13 }, (_, i) => i));

  it('counts samples at the left edge only as Prometheus 2 did', () => {
    const count = (options: Partial<EngineOptions>) =>
      plan('count_over_time(m[1m])', at(120_000), options).evaluate([[counter]]);
    expect(count({})).toMatchObject({ type: 'vector', samples: [{ value: 4 }] });
    expect(count({ compat: '2.x' })).toMatchObject({ type: 'vector', samples: [{ value: 5 }] });
  });

  it('ends series at stale markers, and says so in no range', () => {
    const ended = series([1, 2, 3]);
    markStale(ended.values, 2);
    expect(plan('m', at(20_000)).evaluate([[ended]])).toMatchObject({ samples: [{ value: 2 }] });
    expect(plan('m', at(30_000)).evaluate([[ended]])).toMatchObject({ samples: [] });
    expect(plan('m[5m]', at(30_000)).evaluate([[ended]])).toMatchObject({
      type: 'matrix',
      series: [{ times: Float64Array.of(0, 15_000), values: Float64Array.of(1, 2) }],
    });
  });

  it('gives scalars and texts, and their ranges', () => {
    expect(plan('1 + 2', at(0)).evaluate([])).toMatchObject({ type: 'scalar', value: 3 });
    expect(plan('("a")', at(0)).evaluate([])).toMatchObject({ type: 'string', value: 'a' });
    expect(plan('time()', range).evaluate([])).toMatchObject({
      series: [{ labels: {}, values: Float64Array.of(60, 120, 180) }],
    });
  });

  it('notes what looks wrong', () => {
    const result = plan('rate(m[1m]) + quantile(2, m)', range).evaluate([[counter], [counter]]);
    expect(result.warnings).toEqual(['PromQL warning: quantile value should be between 0 and 1, got 2 (1:24)']);
    expect(result.infos).toEqual([
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "m" (1:6)',
    ]);
  });

  it('stops at its limits', () => {
    const limited = (options: Partial<EngineOptions>) => () => plan('sum(m)', range, options).evaluate([[counter]]);
    expect(limited({ maxSamples: 15 })).toThrow(PromqlLimitError);
    expect(limited({ maxSamples: 100 })).not.toThrow();
    expect(limited({ deadlineAt: 0 })).toThrow('query timed out');
    const first = 'label_replace(m, "a", "$1", "__name__", "(.*)")';
    const doubled = Array.from({ length: 40 }).reduce<string>(
      (inner) => `label_replace(${inner}, "a", "$1$1", "a", "(.*)")`,
      first,
    );
    expect(() => plan(doubled, at(0)).evaluate([[series([1], 'metric')]])).toThrow('longer than 65536');
    expect(() => plan('max_over_time(m[1y:1s])', at(0)).evaluate([[counter]])).toThrow(PromqlLimitError);
  });

  it('keeps hostile label names apart from what objects inherit', () => {
    const labels = Object.fromEntries([
      ['__name__', 'm'],
      ['constructor', 'a'],
      ['__proto__', 'b'],
    ]);
    const result = plan('sum by (constructor, __proto__) (m)', at(0)).evaluate([[{ ...series([1]), labels }]]);
    if (result.type !== 'vector') throw new Error(result.type);
    expect(Object.entries(result.samples[0]?.labels ?? {})).toEqual([
      ['__proto__', 'b'],
      ['constructor', 'a'],
    ]);
  });
});
