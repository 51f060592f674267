import { expect, it, jest } from '@jest/globals';
import { ReadCache } from './read-cache.js';

const ann = { upstream: 'u@1', uri: 'x://a', principal: 'ann' };
const bob = { ...ann, principal: 'bob' };
const reading = (more: object) => ({
  resultType: 'complete',
  contents: [],
  ttlMs: 1_000,
  cacheScope: 'private',
  ...more,
});

it('keeps what is private for one principal, and what is public for all', () => {
  const cache = new ReadCache();
  cache.keep(ann, reading({}));
  expect(cache.get(ann)).toMatchObject({ contents: [] });
  expect(cache.get(bob)).toBeUndefined();
  cache.keep(ann, reading({ cacheScope: 'public' }));
  expect(cache.get(bob)).toMatchObject({ contents: [] });
});

it('keeps it as long as it says, and says how long that is still', () => {
  jest.useFakeTimers({ now: 0 });
  try {
    const cache = new ReadCache();
    cache.keep(ann, reading({}));
    jest.setSystemTime(400);
    expect(cache.get(ann)?.ttlMs).toBe(600);
    jest.setSystemTime(1_000);
    expect(cache.get(ann)).toBeUndefined();
  } finally {
    jest.useRealTimers();
  }
});

it.each([
  ['does not hold', { ttlMs: 0 }],
  ['asks for input first', { resultType: 'input_required' }],
  ['is too large', { contents: ['x'.repeat(1_100_000)] }],
])('does not keep what %s', (_, more) => {
  const cache = new ReadCache();
  cache.keep(ann, reading(more));
  expect(cache.get(ann)).toBeUndefined();
});

it('forgets a resource for everybody', () => {
  const cache = new ReadCache();
  for (const key of [ann, bob, { ...ann, uri: 'x://a2' }]) cache.keep(key, reading({}));
  cache.expire('u@1', 'x://a');
  expect([cache.get(ann), cache.get(bob)]).toEqual([undefined, undefined]);
  expect(cache.get({ ...ann, uri: 'x://a2' })).toBeDefined();
});
