/** Where in a record people's values stand, as paths; `*` is any key. */
export type Slots = readonly string[];

/** A path into a record: its keys from the outside in. */
export type Path = readonly string[];

const inState = ['context', 'frames.*.data', 'frames.*.own.*', 'frames.*.vars.*', 'undo.*.input', 'undo.*.output'];
const state = [...inState, 'inbox.*.data'].map((slot) => `state.${slot}`);

export const rowSlots: Slots = ['input', 'output', ...state];

export const historySlots: Slots = [
  ...['output', 'input', 'form', 'event.data'].map((slot) => `change.${slot}`),
  'changes.*.input',
  'changes.*.output',
  'emitted.*.data',
  ...state,
];

export const shownSlots: Slots = ['changes.*.input', 'changes.*.output'];

export const taskSlots: Slots = ['input', 'with'];

/** Every value that stands in one of the slots. */
export function* valuesIn(record: unknown, slots: Slots): Generator<{ at: Path; value: unknown }> {
  for (const slot of slots) yield* matching(record, slot.split('.'), []);
}

function* matching(
  value: unknown,
  [key, ...rest]: readonly string[],
  at: Path,
): Generator<{ at: Path; value: unknown }> {
  if (key === undefined) return yield { at, value };
  if (typeof value !== 'object' || value === null) return;
  if (key !== '*') return yield* matching((value as Record<string, unknown>)[key], rest, [...at, key]);
  for (const [name, inner] of Object.entries(value)) yield* matching(inner, rest, [...at, name]);
}

/** The record with another value at that place; what is not on the way there is shared. */
export function replaced<T>(record: T, [key, ...rest]: Path, value: unknown): T {
  if (key === undefined) return value as T;
  const copy = (Array.isArray(record) ? [...(record as unknown[])] : { ...record }) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, value);
  return copy as T;
}
