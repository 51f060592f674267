import type { Ast } from './ast.js';
import { breakable } from './break.js';
import type { Environment } from './environment.js';
import type { Run } from './evaluate.js';
import { deletePaths, getPath, updatePath, type Key } from './paths.js';
import { isTruthy, operate } from './values.js';

/** `left = right` and its kin: the input with the places that `left` names changed. */
export function assign(
  run: Run,
  { operator, left, right }: Extract<Ast, { kind: 'assign' }>,
  input: unknown,
  env: Environment,
  emit: (value: unknown) => void,
): void {
  const paths: (readonly Key[])[] = [];
  run(left, input, [], env, (_value, path) => paths.push(path ?? []));
  if (operator === '|=') return emit(updateAll(run, paths, right, input, env));
  run(right, input, null, env, (value) => {
    const update = (old: unknown): unknown => {
      if (operator === '=') return value;
      if (operator === '//=') return isTruthy(old) ? old : value;
      return operate(operator.slice(0, -1) as '+', old, value);
    };
    emit(paths.reduce((result, path) => updatePath(result, path, update), input));
  });
}

/** The first output replaces; a filter without output deletes. */
function updateAll(run: Run, paths: (readonly Key[])[], update: Ast, input: unknown, env: Environment): unknown {
  const deleted: (readonly Key[])[] = [];
  const updated = paths.reduce((result, path) => {
    let found: { value: unknown } | undefined;
    breakable((stop) =>
      run(update, getPath(result, path), null, env, (value) => {
        found = { value };
        stop();
      }),
    );
    if (found) return updatePath(result, path, () => found?.value);
    deleted.push(path);
    return result;
  }, input);
  return deletePaths(updated, deleted);
}
