import type { ProtocolRevision } from './revisions.js';

/** A value judged at once; `accepts` is also its type. */
export interface Leaf<T> {
  kind: 'leaf';
  accepts: (value: unknown) => value is T;
  /** As in "must be a text". */
  expected: string;
  /** Says which form of a union is meant, so that the fault of that form is the one to report. */
  isTag?: true;
}

export interface List<Item> {
  kind: 'list';
  item: Item;
  maxItems: number;
}

/** An object whose keys are free. */
export interface Dictionary<Value> {
  kind: 'dictionary';
  value: Value;
}

/** An object with known members. Others are kept; `isOpen` says that its users are meant to add some. */
export interface ObjectModel<Fields, IsOpen extends boolean = boolean> {
  kind: 'object';
  fields: Fields;
  isOpen: IsOpen;
}

export interface Union<Forms> {
  kind: 'union';
  forms: readonly Forms[];
}

/** What differs by revision: each entry holds from its revision until the next entry; before the first there is nothing. */
export interface Varying<Entries> {
  kind: 'varying';
  entries: Entries;
}

export interface Optional<Of> {
  kind: 'optional';
  of: Of;
}

export interface Gone {
  kind: 'gone';
}

/** What stands under a name or in a union: some of it is not there in every revision. */
export type Part =
  | Leaf<unknown>
  | List<unknown>
  | Dictionary<unknown>
  | ObjectModel<unknown>
  | Union<unknown>
  | Varying<unknown>
  | Optional<unknown>
  | Gone;

export type Fields = Readonly<Record<string, Part>>;

export type Entries = Readonly<Partial<Record<ProtocolRevision, Part>>>;

export function leaf<T>(expected: string, accepts: (value: unknown) => value is T): Leaf<T> {
  return { kind: 'leaf', accepts, expected };
}

export function list<const Item extends Part>(item: Item, maxItems = Infinity): List<Item> {
  return { kind: 'list', item, maxItems };
}

export function dictionary<const Value extends Part>(value: Value): Dictionary<Value> {
  return { kind: 'dictionary', value };
}

export function object<const F extends Fields>(fields: F): ObjectModel<F, false> {
  return { kind: 'object', fields, isOpen: false };
}

export function open<const F extends Fields>(fields: F): ObjectModel<F, true> {
  return { kind: 'object', fields, isOpen: true };
}

export function union<const Forms extends readonly Part[]>(...forms: Forms): Union<Forms[number]> {
  return { kind: 'union', forms };
}

export function optional<const Of extends Part>(of: Of): Optional<Of> {
  return { kind: 'optional', of };
}

export const gone: Gone = { kind: 'gone' };

export function varying<const E extends Entries>(entries: E): Varying<E> {
  return { kind: 'varying', entries };
}

/** There from that revision on. */
export function since<const R extends ProtocolRevision, const P extends Part>(
  first: R,
  part: P,
): Varying<{ [Key in R]: P }> {
  return varying({ [first]: part } as { [Key in R]: P });
}

/** There from the first revision on, until `end` took it away. */
export function before<const R extends ProtocolRevision, const P extends Part>(
  end: R,
  part: P,
): Varying<{ '2024-11-05': P } & { [Key in R]: Gone }> {
  return varying({ '2024-11-05': part, [end]: gone } as { '2024-11-05': P } & { [Key in R]: Gone });
}
