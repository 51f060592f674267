import { invalidField } from '@scm/contracts';

export type CursorKey = readonly (string | number)[];

/** Keyset pagination: the sort key of the last item of a page, as opaque text. */
export function encodeCursor(key: CursorKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** What one part of a sort key is: whoever makes a cursor up must not reach Postgres with something else. */
export type CursorPart = 'instant' | 'uuid' | 'whole' | 'text';

const FORMS: Record<CursorPart, (part: string | number) => boolean> = {
  instant: (part) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(String(part)) && !Number.isNaN(Date.parse(String(part))),
  uuid: (part) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(String(part)),
  whole: (part) => typeof part === 'number' && Number.isInteger(part) && part >= 0 && part <= 2_147_483_647,
  text: (part) => typeof part === 'string',
};

/** The key a cursor holds; throws INVALID_ARGUMENT for text that is no cursor of these parts. */
export function decodeCursor(cursor: string, parts: readonly CursorPart[]): CursorKey {
  const fits = (part: string | number, i: number) => FORMS[parts[i] ?? 'text'](part);
  try {
    const key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown;
    if (Array.isArray(key) && key.length === parts.length && key.every(isKeyPart) && key.every(fits)) return key;
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
