import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import {
  Amount,
  Flag,
  Id,
  isSurelyValid,
  JsonList,
  JsonObject,
  JsonValue,
  ListOf,
  Name,
  Nested,
  OneOf,
  Text,
  TextMap,
  Texts,
  Whole,
} from './fields.js';

class Inner {
  @Name() name: string;
  @Whole({ min: 2, max: 9, optional: true }) count?: number;
}

class Every {
  @Id() id: string;
  @Name() name: string;
  @Text({ min: 2, max: 4 }) text: string;
  @Text({ min: 0, max: 4, pattern: /^a*$/ }) letters: string;
  @Whole() whole: number;
  @Amount({ min: -1, max: 1 }) amount: number;
  @Flag() flag: boolean;
  @OneOf(['a', 'b']) one: string;
  @JsonObject() object: object;
  @JsonValue() value: unknown;
  @JsonList({ max: 2 }) list: unknown[];
  @TextMap({ maxValue: 3 }) map: Record<string, string>;
  @Texts({ max: 2, maxLength: 3 }) texts: string[];
  @Texts({ max: 2, of: ['x'] }) chosen: string[];
  @Nested(() => Inner) inner: Inner;
  @ListOf(() => Inner, { max: 2 }) inners: Inner[];
}

const inner = (more: object = {}) => Object.assign(new Inner(), { name: 'n', ...more });

const valid = () =>
  Object.assign(new Every(), {
    id: '0190c7e5-3f5f-7c4a-9b5e-0123456789ab',
    name: 'n-1',
    text: 'text',
    letters: 'aa',
    whole: 3,
    amount: 0.5,
    flag: false,
    one: 'b',
    object: {},
    value: null,
    list: [1],
    map: { a: 'b' },
    texts: ['abc'],
    chosen: ['x'],
    inner: inner({ count: 2 }),
    inners: [inner()],
  });

const odd = [
  [undefined, null, true, '', 'a', 'ab', 'abc', 'abcde', '\u{1F600}', '\u{1F600}\u{1F600}', 'x y', 'b\n', '\0'],
  [-0, 0, 1, 2, 1.5, -2, 1e21, Number.NaN, Number.POSITIVE_INFINITY, '1', 2n],
  [[], {}, ['x'], ['x', 'x', 'x'], [null], [undefined], ['abcd'], { a: 1 }, { a: 'abcd' }, { a: 'b' }, [[]], [{}]],
  [inner(), inner({ name: '' }), inner({ count: 1 }), [inner()], [inner({ count: 1 })], [inner(), 1], new Date(0)],
  ['0190C7E5-3F5F-7C4A-9B5E-0123456789AB', '00000000-0000-0000-0000-000000000000', () => 1],
].flat() as unknown[];

describe('a value that is surely valid', () => {
  it('is what was declared', () => {
    expect(isSurelyValid(Every, valid())).toBe(true);
    expect(validateSync(valid())).toEqual([]);
  });

  it.each(Object.keys(valid()))('is valid by the rules of %s too', (name) => {
    for (const value of odd) {
      const candidate = Object.assign(valid(), { [name]: value });
      if (isSurelyValid(Every, candidate)) expect([value, validateSync(candidate)]).toEqual([value, []]);
    }
  });
});
