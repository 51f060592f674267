import type { Pattern } from './ast.js';
import type { Environment } from './environment.js';
import type { Run } from './evaluate.js';
import { ExpressionError } from './expression-error.js';
import { child } from './paths.js';
import { typeOf } from './values.js';

export function namesIn(pattern: Pattern): string[] {
  if (pattern.kind === 'name') return [pattern.name];
  if (pattern.kind === 'array') return pattern.items.flatMap(namesIn);
  return pattern.entries.flatMap(({ name, value }) => [...(name ? [name] : []), ...(value ? namesIn(value) : [])]);
}

/** Binds what a pattern names in a value; several times when a key of it has several outputs. */
export function destructure(
  run: Run,
  pattern: Pattern,
  value: unknown,
  input: unknown,
  env: Environment,
  then: (env: Environment) => void,
): void {
  if (pattern.kind === 'name') return then(env.bind(pattern.name, value));
  if (pattern.kind === 'array') {
    const each = (index: number, inner: Environment): void => {
      const item = pattern.items[index];
      if (!item) return then(inner);
      destructure(run, item, child(value, index), input, inner, (bound) => each(index + 1, bound));
    };
    if (value !== null && !Array.isArray(value)) throw new ExpressionError(`Cannot index ${typeOf(value)} with number`);
    return each(0, env);
  }
  const each = (index: number, inner: Environment): void => {
    const entry = pattern.entries[index];
    if (!entry) return then(inner);
    run(entry.key, input, null, inner, (key) => {
      const item = child(value, key);
      const named = entry.name === undefined ? inner : inner.bind(entry.name, item);
      if (entry.value) destructure(run, entry.value, item, input, named, (bound) => each(index + 1, bound));
      else each(index + 1, named);
    });
  };
  each(0, env);
}
