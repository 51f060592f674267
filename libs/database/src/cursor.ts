import { invalidField } from '@scm/contracts';

export type CursorKey = readonly (string | number)[];

/** Keyset pagination: the sort key of the last item of a page, as opaque text. */
export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** The key a cursor holds; throws INVALID_ARGUMENT for text that is no cursor of `length` parts. */
export function decodeCursor(cursor: string, length: number): CursorKey {
  try {
    const key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown;
    if (Array.isArray(key) && key.length === length && key.every(isKeyPart)) return key;
  } catch {
    // falls through to the one error below
  }
  throw invalidField('cursor', 'is not a cursor of this list');
}

/** Cuts a list that was read with one item more than asked into a page. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => CursorKey,
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor?: string } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(toItem), ...(more && { nextCursor: encodeCursor(keyOf(last)) }) };
}

function isKeyPart(part: unknown): part is string | number {
  return typeof part === 'number' || (typeof part === 'string' && part.length <= 256 && !part.includes('\0'));
}
