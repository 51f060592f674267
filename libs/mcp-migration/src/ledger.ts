import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import type { Translation } from './translate.js';
import type { Note } from './work.js';

/** The key in `_meta` of results under which they say what their translation did. */
export const ledgerKey = 'io.scm/translation';

/** What was not passed on as it was. */
export interface Ledger {
  from: string;
  to: string;
  dropped: LedgerEntry[];
  emulated: LedgerEntry[];
  /** Of the translation before this one, between the server and the canonical form. */
  earlier?: unknown;
}

export interface LedgerEntry {
  /** A JSON pointer into what was translated; `*` stands for the items of a list. */
  path: string;
  reason: string;
  rule: string;
  /** How many there were, when there were several. */
  count?: number;
}

/** The ledger of a translation; undefined where it dropped and emulated nothing. */
export function ledgerOf({ from, to, notes }: Pick<Translation<unknown>, 'from' | 'to' | 'notes'>): Ledger | undefined {
  if (notes.length === 0) return undefined;
  const of = (kind: Note['kind']): LedgerEntry[] => notes.filter((note) => note.kind === kind).map(entryOf);
  return { from, to, dropped: of('dropped'), emulated: of('emulated') };
}

/** The result with the ledger of its translation in `_meta`; the result itself where there is nothing to say. */
export function withLedger(
  result: JsonObject,
  translation: Pick<Translation<unknown>, 'from' | 'to' | 'notes'>,
): JsonObject {
  const ledger = ledgerOf(translation);
  if (!ledger) return result;
  const meta = isJsonObject(result['_meta']) ? result['_meta'] : {};
  const earlier = meta[ledgerKey];
  return { ...result, _meta: { ...meta, [ledgerKey]: { ...ledger, ...(earlier !== undefined && { earlier }) } } };
}

function entryOf({ rule, direction, place, member, count }: Note): LedgerEntry {
  const steps = [...place.path.slice(1), ...(member === '' ? [] : [member])];
  const path = steps.map((step) => `/${step}`).join('');
  return { path, reason: rule[direction].does, rule: rule.id, ...(count > 1 && { count }) };
}
