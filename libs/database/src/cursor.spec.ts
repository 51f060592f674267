import { describe, expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor, type CursorPart } from './cursor.js';

const id = '5d1f9e3a-8a50-4b0e-9f0a-3f6d9c1b2e77';
const at = '2030-01-01T00:00:00.123Z';

describe('a cursor', () => {
  it.each<[readonly (string | number)[], CursorPart[]]>([
    [
      [at, id],
      ['instant', 'uuid'],
    ],
    [[7], ['whole']],
    [['a name'], ['text']],
  ])('%j is read back', (key, parts) => {
    expect(decodeCursor(encodeCursor(key), parts)).toEqual(key);
  });

  it.each<[string, CursorPart[]]>([
    ['', ['text']],
    ['%%%', ['text']],
    [encodeCursor([1]), ['whole', 'whole']],
    [encodeCursor(['now', id]), ['instant', 'uuid']],
    [encodeCursor(['2030-13-41T00:00:00Z', id]), ['instant', 'uuid']],
    [encodeCursor([at, "x' or true"]), ['instant', 'uuid']],
    [encodeCursor(['7']), ['whole']],
    [encodeCursor([2 ** 40]), ['whole']],
    [encodeCursor([-1]), ['whole']],
    [encodeCursor([1.5]), ['whole']],
    [encodeCursor([7]), ['text']],
    [encodeCursor(['a\0']), ['text']],
    [Buffer.from('[{}]').toString('base64url'), ['text']],
  ])('%s made up for %j is refused', (cursor, parts) => {
    expect(() => decodeCursor(cursor, parts)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as unknown as Error,
    );
  });
});
