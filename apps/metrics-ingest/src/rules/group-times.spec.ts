import { expect, it } from '@jest/globals';
import { dueAt, nextAfter } from './group-times.js';

it('evaluates a group at whole intervals of its own, and makes up for nothing that was missed', () => {
  const group = { id: '018f0000-0000-7000-8000-000000000001', intervalMs: 60_000 };
  const at = dueAt(group, 1_700_000_123_456);
  expect(1_700_000_123_456 - at.getTime()).toBeLessThan(60_000);
  expect(dueAt(group, at.getTime())).toEqual(at);
  expect(dueAt(group, at.getTime() + 59_999)).toEqual(at);
  expect(dueAt(group, at.getTime() + 3 * 60_000 + 1).getTime()).toBe(at.getTime() + 180_000);
  expect(nextAfter(group, at).getTime()).toBe(at.getTime() + 60_000);
});
