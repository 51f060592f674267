import { expect, it } from '@jest/globals';
import { historySlots, replaced, rowSlots, valuesIn } from './slots.js';

it('finds every value of people in a row and in its history, and nothing else', () => {
  const frame = { id: 2, ref: '/do/0/one', data: 'a', own: { with: 'b', child: 'c' }, vars: { item: 'd' } };
  const state = { next: 3, context: 'e', frames: { 2: frame }, undo: [{ frame: 1, input: 'f', output: 'g' }] };
  const row = { input: 'h', output: 'i', error: null, state: { ...state, inbox: [{ id: '1', data: 'j' }] } };
  const found = [...valuesIn(row, rowSlots)];
  expect(found.map(({ value }) => value as string).toSorted()).toEqual([...'abcdefghij']);
  expect(found.find(({ value }) => value === 'b')?.at).toEqual(['state', 'frames', '2', 'own', 'with']);
  const data = {
    change: { kind: 'report', output: 'a' },
    changes: [{ frame: 2, name: 'x', input: 'b', output: 'c' }],
    emitted: [{ id: '1', data: 'd' }],
    state,
  };
  const values = [...valuesIn(data, historySlots)].map(({ value }) => value as string);
  expect([...new Set(values)].toSorted()).toEqual([...'abcdefg']);
});

it('replaces a value without changing the record it came from', () => {
  const record = { list: [{ a: 1 }, { a: 2 }], other: {} };
  const changed = replaced(record, ['list', '1', 'a'], null);
  expect(changed).toEqual({ list: [{ a: 1 }, { a: null }], other: {} });
  expect(record.list[1]).toEqual({ a: 2 });
  expect(changed.other).toBe(record.other);
});
