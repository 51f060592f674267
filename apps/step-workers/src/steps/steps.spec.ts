import { describe, expect, it } from '@jest/globals';
import { ServiceError } from '@scm/contracts';
import { holds, type Operator } from './comparison.js';
import { problemOf } from './problem.js';
import { decide } from './rules.js';
import { pointsOf, seriesOf } from './series.js';
import { statisticsOf } from './statistics.js';
import { transform } from './transform.js';

const hosts = [
  { labels: { host: 'b' }, load: 2, note: 'x' },
  { labels: { host: 'a' }, load: 9 },
  { labels: { host: 'c' }, load: 5 },
];

describe('a processing step', () => {
  it.each<[string, unknown, unknown[], unknown]>([
    ['leaves its source without operations', 5, [], 5],
    ['selects', { a: [{ b: 1 }] }, [{ select: 'a.0.b' }], 1],
    ['selects what is not there as null', { a: 1 }, [{ select: 'a.b.c' }], null],
    ['maps', hosts, [{ map: 'labels.host' }], ['b', 'a', 'c']],
    [
      'filters, sorts, limits and maps',
      hosts,
      [
        { filter: { path: 'load', op: 'gt', than: 3 } },
        { sort: { by: 'load', order: 'desc' } },
        { limit: 1 },
        { map: 'load' },
      ],
      [9],
    ],
    ['picks and renames', hosts.slice(0, 1), [{ pick: ['load'] }, { rename: { load: 'cpu' } }], [{ cpu: 2 }]],
    ['omits and sets', hosts[1], [{ omit: ['labels'] }, { set: { seen: true } }], { load: 9, seen: true }],
    ['flattens', [[1, [2]], [3]], [{ flatten: 1 }], [1, [2], 3]],
    ['sorts numbers before texts', ['b', 2, null, 'a', 1], [{ sort: {} }], [1, 2, 'a', 'b', null]],
  ])('%s', (_what, source, operations, result) => {
    expect(transform(source, operations)).toEqual(result);
  });

  it.each<[unknown, string]>([
    [{ explode: 1 }, 'operations.0'],
    [{ map: 'a', limit: 1 }, 'operations.0'],
    ['limit', 'operations.0'],
    [{ limit: -1 }, 'operations.0.limit'],
    [{ filter: { path: 'a', op: 'like', than: 'b' } }, 'operations.0.filter.op'],
    [{ sort: { order: 'up' } }, 'operations.0.sort.order'],
    [{ constructor: 1 }, 'operations.0'],
  ])('refuses %j', (operation, path) => {
    expect(() => transform([], [operation])).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        details: [expect.objectContaining({ path })],
      }) as unknown as Error,
    );
  });
});

describe('a comparison', () => {
  it.each<[unknown, Operator, unknown, boolean]>([
    [1, 'lt', 2, true],
    [2, 'lte', 2, true],
    ['b', 'gt', 'a', true],
    [null, 'lt', 1, false],
    [null, 'gte', null, false],
    ['10', 'gt', 9, false],
    [{ a: [1] }, 'eq', { a: [1] }, true],
    [{ a: [1] }, 'eq', { a: [1, 2] }, false],
    [[], 'eq', {}, false],
    [null, 'ne', 0, true],
    ['x', 'in', ['x', 'y'], true],
    ['abc', 'contains', 'b', true],
    [[1, 2], 'contains', 2, true],
    ['abc', 'startsWith', 'ab', true],
    [null, 'exists', undefined, false],
    [null, 'exists', false, true],
  ])('%j %s %j is %s', (value, op, than, result) => {
    expect(holds(value, op, than)).toBe(result);
  });
});

describe('an analysis step', () => {
  it('gives the figures of the values', () => {
    const found = statisticsOf(pointsOf([2, 4, 4, 4, 5, 5, 7, 9], 'values'), [50, 100]);
    expect(found).toMatchObject({
      count: 8,
      min: 2,
      max: 9,
      mean: 5,
      median: 4.5,
      stddev: 2,
      first: 2,
      last: 9,
      zScore: 2,
    });
    expect(found.percentiles).toEqual({ p50: 4.5, p100: 9 });
  });

  it('gives the trend per second', () => {
    expect(
      statisticsOf(
        pointsOf(
          [
            [10, '1'],
            [20, '2'],
            [40, '4'],
          ],
          'values',
        ),
        [],
      ).slope,
    ).toBeCloseTo(0.1);
    expect(statisticsOf(pointsOf([3], 'values'), [])).toMatchObject({ slope: null, stddev: 0, zScore: 0 });
  });

  it('says that there was nothing', () => {
    expect(statisticsOf([], [95])).toMatchObject({ count: 0, mean: null, zScore: null, percentiles: { p95: null } });
  });

  it('refuses what is no number', () => {
    expect(() => pointsOf([1, 'x'], 'values')).toThrow(/values.1/);
  });

  it('reads the shapes of Prometheus and leaves out NaN', () => {
    const matrix = {
      resultType: 'matrix',
      result: [
        {
          metric: { host: 'a' },
          values: [
            [1, '2'],
            [2, 'NaN'],
            [3, '4'],
          ],
        },
      ],
    };
    expect(seriesOf(matrix)).toEqual([
      {
        labels: { host: 'a' },
        points: [
          { t: 1, value: 2 },
          { t: 3, value: 4 },
        ],
      },
    ]);
    expect(seriesOf({ resultType: 'vector', result: [{ metric: {}, value: [1, '2'] }] })[0]?.points).toHaveLength(1);
    expect(seriesOf({ resultType: 'scalar', result: [1, '2'] })).toEqual([
      { labels: {}, points: [{ t: 1, value: 2 }] },
    ]);
    expect(seriesOf(undefined)).toEqual([]);
  });
});

describe('a decision step', () => {
  // As JSON text, since an object with `then` could be taken for a promise.
  const rules = (text: string) => JSON.parse(text) as unknown[];
  const two =
    '[{"when":{"value":5,"op":"gt","than":9},"then":"high"},{"when":{"all":[{"value":5,"op":"gt","than":3},{"not":{"value":5,"op":"eq","than":4}}]},"then":"mid"}]';

  it('takes the first rule that holds', () => {
    expect(decide(rules(two), 'low')).toEqual({ decision: 'mid', matched: 1 });
    expect(decide(rules(two).slice(0, 1), 'low')).toEqual({ decision: 'low', matched: null });
    expect(decide(rules('[{"when":{"any":[]},"then":1}]'), null)).toEqual({ decision: null, matched: null });
  });

  it.each([
    ['[{"when":{"value":1},"then":1}]', 'rules.0.when.op'],
    ['[{"when":{"value":1,"op":"eq","than":1}}]', 'rules.0.then'],
    ['[{"when":{"all":5},"then":1}]', 'rules.0.when.all'],
    ['[{"when":{"any":[{"value":1,"op":"eq","than":1},{}]},"then":1}]', 'rules.0.when.any.1.op'],
    ['[{"when":{"value":1,"op":"eq","than":1},"then":1,"else":2}]', 'rules.0.else'],
    ['[5]', 'rules.0'],
  ])('refuses %s', (text, path) => {
    expect(() => decide(rules(text), null)).toThrow(
      expect.objectContaining({ details: [expect.objectContaining({ path })] }) as unknown as Error,
    );
  });
});

it('a bug shows no more than that it was one', () => {
  expect(problemOf(new Error('secret'))).toMatchObject({
    status: 500,
    retryable: true,
    detail: 'the step failed unexpectedly',
  });
  expect(problemOf(new ServiceError('INVALID_ARGUMENT', 'no'))).toMatchObject({ status: 400, retryable: false });
  expect(problemOf(new ServiceError('DEADLINE_EXCEEDED', 'late'))).toMatchObject({
    outcomeUnknown: true,
    retryable: true,
  });
});

it.each([
  ['ECONNREFUSED', undefined],
  ['ECONNRESET', true],
  ['UND_ERR_SOCKET', true],
])('a connection that ends with %s may have carried a request: %s', (code, outcomeUnknown) => {
  const cause = Object.assign(new Error('no connection'), { code });
  const problem = problemOf(new ServiceError('UNAVAILABLE', 'cannot be reached', undefined, { cause }));
  expect([problem.outcomeUnknown, problem.retryable]).toEqual([outcomeUnknown, true]);
});
