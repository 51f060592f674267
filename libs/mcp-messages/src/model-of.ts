import type { Dictionary, Gone, Leaf, List, ObjectModel, Optional, Union, Varying } from './model.js';
import type { latestRevision, ProtocolRevision } from './revisions.js';

/** The type of what a model accepts in one revision. */
export type ModelOf<P, R extends ProtocolRevision = typeof latestRevision> =
  P extends Leaf<infer T>
    ? T
    : P extends Varying<infer E>
      ? ModelOf<EntryAt<E, Upto[R]>, R>
      : P extends ObjectModel<infer F, infer IsOpen>
        ? Flat<RequiredOf<F, R> & OptionalOf<F, R> & (IsOpen extends true ? Record<string, unknown> : unknown)>
        : P extends List<infer Item>
          ? ModelOf<Item, R>[]
          : P extends Dictionary<infer Value>
            ? Record<string, ModelOf<Value, R>>
            : P extends Union<infer Forms>
              ? ModelOf<Forms, R>
              : P extends Optional<infer Of>
                ? ModelOf<Of, R>
                : never;

type Flat<T> = { [Key in keyof T]: T[Key] };

type RequiredOf<F, R extends ProtocolRevision> = {
  [Key in keyof F as Presence<F[Key], R> extends 'required' ? Key : never]: ModelOf<F[Key], R>;
};

type OptionalOf<F, R extends ProtocolRevision> = {
  [Key in keyof F as Presence<F[Key], R> extends 'optional' ? Key : never]?: ModelOf<F[Key], R>;
};

type Presence<P, R extends ProtocolRevision> =
  P extends Varying<infer E>
    ? Presence<EntryAt<E, Upto[R]>, R>
    : P extends Gone
      ? 'absent'
      : P extends Optional<unknown>
        ? 'optional'
        : 'required';

type EntryAt<E, Newest extends readonly unknown[]> = Newest extends readonly [infer R, ...infer Older]
  ? R extends keyof E
    ? E[R]
    : EntryAt<E, Older>
  : Gone;

/** Each revision and those before it, newest first. */
interface Upto {
  '2024-11-05': ['2024-11-05'];
  '2025-03-26': ['2025-03-26', ...Upto['2024-11-05']];
  '2025-06-18': ['2025-06-18', ...Upto['2025-03-26']];
  '2025-11-25': ['2025-11-25', ...Upto['2025-06-18']];
  '2026-07-28': ['2026-07-28', ...Upto['2025-11-25']];
}
