import type { Builtin } from '../builtins.js';
import { breakable } from '../break.js';
import type { Path } from '../evaluate.js';
import { ExpressionError } from '../expression-error.js';
import { deletePaths, getPath, updatePath, type Key } from '../paths.js';
import { compare, isTruthy } from '../values.js';
import { plain } from './plain.js';

/** Filters about outputs, errors and paths. */
export const controlBuiltins: Record<string, Builtin> = {
  'empty/0': { apply: () => undefined },
  'error/0': { apply: (_args, { input }) => fail(input) },
  'error/1': { apply: ([message], { input, call }) => message && call(message, input, null, fail) },
  'not/0': plain((input) => !isTruthy(input)),
  'first/1': {
    apply([filter], { input, path, emit, call }) {
      let found: [unknown, typeof path] | undefined;
      breakable((stop) => {
        if (filter) {
          call(filter, input, path, (value, at) => {
            found = [value, at];
            stop();
          });
        }
      });
      if (found) emit(...found);
    },
  },
  'last/1': {
    apply([filter], { input, path, emit, call }) {
      let found: [unknown, typeof path] | undefined;
      if (filter) call(filter, input, path, (value, at) => (found = [value, at]));
      if (found) emit(...found);
    },
  },
  'isempty/1': {
    apply([filter], { input, emit, call }) {
      let isEmpty = true;
      breakable((stop) => {
        if (filter) {
          call(filter, input, null, () => {
            isEmpty = false;
            stop();
          });
        }
      });
      emit(isEmpty, null);
    },
  },
  '_limit/2': {
    apply([count, filter], { input, path, emit, call }) {
      if (!count || !filter) return;
      call(count, input, null, (most) => {
        let left = Number(most);
        breakable((stop) =>
          call(filter, input, path, (value, at) => {
            left--;
            emit(value, at);
            if (left <= 0) stop();
          }),
        );
      });
    },
  },
  'range/3': {
    apply([from, to, by], { input, env, emit, call }) {
      if (!from || !to || !by) return;
      call(from, input, null, (start) =>
        call(to, input, null, (end) =>
          call(by, input, null, (step) => {
            if (typeof start !== 'number' || typeof end !== 'number' || typeof step !== 'number') {
              throw new ExpressionError('Range bounds must be numeric');
            }
            for (let at = start; step > 0 ? at < end : step < 0 && at > end; at += step) {
              env.spend();
              emit(at, null);
            }
          }),
        ),
      );
    },
  },
  'path/1': {
    apply: ([filter], { input, emit, call }) =>
      filter && call(filter, input, [], (_value, path) => emit([...pathOf(path)], null)),
  },
  'getpath/1': {
    apply([wanted], { input, path, emit, call }) {
      if (!wanted) return;
      call(wanted, input, null, (keys) => emit(getPath(input, listOf(keys)), path && [...path, ...listOf(keys)]));
    },
  },
  'setpath/2': plain((input, path, value) => updatePath(input, listOf(path), () => value)),
  'delpaths/1': plain((input, paths) => deletePaths(input, sortedPaths(listOf(paths)))),
};

function fail(value: unknown): never {
  throw new ExpressionError(typeof value === 'string' ? value : `${JSON.stringify(value)} (not a string)`, value);
}

function pathOf(path: Path): readonly Key[] {
  if (path === null) throw new ExpressionError('Invalid path expression');
  return path;
}

function listOf(value: unknown): Key[] {
  if (!Array.isArray(value)) throw new ExpressionError('Path must be specified as an array');
  return value as Key[];
}

/** Later places first, so that taking one away moves none of the others. */
function sortedPaths(paths: Key[]): Key[][] {
  return paths.map(listOf).sort(compare);
}
