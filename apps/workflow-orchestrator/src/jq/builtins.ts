import type { Definition } from './ast.js';
import type { Closure, Environment } from './environment.js';
import type { Emit, Path } from './evaluate.js';
import { collectionBuiltins } from './builtins/collections.js';
import { controlBuiltins } from './builtins/control.js';
import { dateBuiltins } from './builtins/dates.js';
import { numberBuiltins } from './builtins/numbers.js';
import { textBuiltins } from './builtins/texts.js';
import { preludeOf } from './prelude.js';

export interface Invocation {
  input: unknown;
  path: Path;
  env: Environment;
  emit: Emit;
  /** Runs an argument. */
  call: (filter: Closure, input: unknown, path: Path, emit: Emit) => void;
}

/** A built-in filter written in TypeScript. */
export interface Builtin {
  apply(args: readonly Closure[], invocation: Invocation): void;
}

const natives: ReadonlyMap<string, Builtin> = new Map(
  [controlBuiltins, collectionBuiltins, textBuiltins, numberBuiltins, dateBuiltins].flatMap((group) =>
    Object.entries(group),
  ),
);

export function builtinOf(name: string, arity: number): Builtin | Definition | undefined {
  return natives.get(`${name}/${arity}`) ?? preludeOf(name, arity);
}
