import { assign } from './assignment.js';
import type { Ast, Pattern } from './ast.js';
import { Break } from './break.js';
import { builtinOf } from './builtins.js';
import { Environment, type Closure } from './environment.js';
import { ExpressionError } from './expression-error.js';
import { format } from './formats.js';
import { canIndex, child, type Key } from './paths.js';
import { destructure, namesIn } from './patterns.js';
import { bounded, isDict, isTruthy, operate, typeOf, type Dict } from './values.js';

export type Path = readonly Key[] | null;
/** Takes one output, and where it stands when paths are asked for. */
export type Emit = (value: unknown, path: Path) => void;
/** `run`, for what it is made of. */
export type Run = typeof run;

/** An error of what came after a `try`: it is not the `try`'s to catch. */
class Passed {
  constructor(readonly error: unknown) {}
}

/**
 * Runs a program on one input and hands each output to `emit`. With a `path`, outputs must be places in the input, and
 * come with their path.
 */
export function run(ast: Ast, input: unknown, path: Path, env: Environment, emit: Emit): void {
  env.spend();
  switch (ast.kind) {
    case 'identity':
      return emit(input, path);
    case 'literal':
      return emit(ast.value, noPath(path));
    case 'index':
      return run(ast.target, input, path, env, (target, at) =>
        run(ast.key, input, null, env, (key) => {
          if (ast.optional && !canIndex(target, key)) return;
          emit(child(target, key), at && [...at, key]);
        }),
      );
    case 'pipe':
      return run(ast.left, input, path, env, (value, at) => run(ast.right, value, at, env, emit));
    case 'comma':
      run(ast.left, input, path, env, emit);
      return run(ast.right, input, path, env, emit);
    case 'variable':
      return emit(env.variable(ast.name), noPath(path));
    case 'binary':
      return run(ast.right, input, null, env, (right) =>
        run(ast.left, input, null, env, (left) => emit(operate(ast.operator, left, right), noPath(path))),
      );
    case 'negate':
      return run(ast.operand, input, null, env, (value) => {
        if (typeof value !== 'number') throw new ExpressionError(`${typeOf(value)} cannot be negated`);
        emit(-value, noPath(path));
      });
    case 'and':
    case 'or':
      return run(ast.left, input, null, env, (left) => {
        if (isTruthy(left) === (ast.kind === 'or')) return emit(ast.kind === 'or', noPath(path));
        run(ast.right, input, null, env, (right) => emit(isTruthy(right), noPath(path)));
      });
    case 'alternative':
      return alternative(ast.left, ast.right, input, path, env, emit);
    case 'slice':
      return slices(ast, input, path, env, emit);
    case 'iterate':
      return run(ast.target, input, path, env, (value, at) => {
        if (!ast.optional || Array.isArray(value) || isDict(value)) iterate(value, at, env, emit);
      });
    case 'recurse':
      return recurse(input, path, env, emit);
    case 'array':
      return emit(ast.items ? collect(ast.items, input, env) : [], noPath(path));
    case 'object':
      return objects(ast.entries, 0, {}, input, env, (value) => emit(value, noPath(path)));
    case 'text':
      return texts(ast.parts, ast.format, 0, '', input, env, (value) => emit(value, noPath(path)));
    case 'format':
      return emit(format(ast.name, input), noPath(path));
    case 'if':
      return run(ast.condition, input, null, env, (condition) => {
        const branch = isTruthy(condition) ? ast.consequent : ast.otherwise;
        if (branch) run(branch, input, path, env, emit);
        else emit(input, path);
      });
    case 'try':
      return attempt(ast.body, ast.handler, input, path, env, emit);
    case 'bind':
      return bindFirst(ast, input, path, env, emit);
    case 'define':
      return run(ast.body, input, path, env.define(ast.definition), emit);
    case 'label':
      return labelled(ast.name, ast.body, input, path, env, emit);
    case 'break':
      throw new Break(env.label(ast.name));
    case 'reduce':
      return reduce(ast, input, path, env, emit);
    case 'foreach':
      return foreach(ast, input, path, env, emit);
    case 'assign':
      return assign(run, ast, input, env, (value) => emit(value, noPath(path)));
    case 'call':
      return call(ast.name, ast.args, input, path, env, emit);
  }
}

/** Every output, as a list. */
function collect(ast: Ast, input: unknown, env: Environment): unknown[] {
  const items: unknown[] = [];
  run(ast, input, null, env, (value) => {
    env.spend();
    items.push(value);
  });
  return items;
}

function runClosure({ ast, env }: Closure, input: unknown, path: Path, emit: Emit): void {
  run(ast, input, path, env, emit);
}

function iterate(value: unknown, path: Path, env: Environment, emit: Emit): void {
  if (Array.isArray(value)) {
    (value as unknown[]).forEach((item, i) => {
      env.spend();
      emit(item, path && [...path, i]);
    });
  } else if (isDict(value)) {
    for (const [key, item] of Object.entries(value)) {
      env.spend();
      emit(item, path && [...path, key]);
    }
  } else throw new ExpressionError(`Cannot iterate over ${typeOf(value)}`);
}

function recurse(value: unknown, path: Path, env: Environment, emit: Emit): void {
  emit(value, path);
  if (Array.isArray(value) || isDict(value)) iterate(value, path, env, (item, at) => recurse(item, at, env, emit));
}

function noPath(path: Path): null {
  // `path(1)` names no place; an empty path would be wrong.
  if (path !== null && path.length > 0) throw new ExpressionError('Invalid path expression');
  return null;
}

function attempt(body: Ast, handler: Ast | undefined, input: unknown, path: Path, env: Environment, emit: Emit): void {
  try {
    run(body, input, path, env, (value, at) => {
      try {
        emit(value, at);
      } catch (error) {
        throw new Passed(error);
      }
    });
  } catch (error) {
    if (error instanceof Passed) throw error.error;
    if (!(error instanceof ExpressionError) || env.isExhausted) throw error;
    if (handler) run(handler, error.value, null, env, emit);
  }
}

function alternative(left: Ast, right: Ast, input: unknown, path: Path, env: Environment, emit: Emit): void {
  let found = false;
  run(left, input, path, env, (value, at) => {
    if (!isTruthy(value)) return;
    found = true;
    emit(value, at);
  });
  if (!found) run(right, input, path, env, emit);
}

function slices(ast: Extract<Ast, { kind: 'slice' }>, input: unknown, path: Path, env: Environment, emit: Emit): void {
  const nothing: Ast = { kind: 'literal', value: null };
  run(ast.target, input, path, env, (target, at) =>
    run(ast.to ?? nothing, input, null, env, (end) =>
      run(ast.from ?? nothing, input, null, env, (start) => {
        const key = { start, end };
        if (ast.optional && !canIndex(target, key)) return;
        emit(target === null ? null : child(target, key), at && [...at, key]);
      }),
    ),
  );
}

function objects(
  entries: readonly { key: Ast; value: Ast }[],
  index: number,
  made: Dict,
  input: unknown,
  env: Environment,
  emit: (value: Dict) => void,
): void {
  const entry = entries[index];
  if (!entry) return emit(made);
  run(entry.key, input, null, env, (key) => {
    if (typeof key !== 'string') throw new ExpressionError(`Object keys must be strings`);
    run(entry.value, input, null, env, (value) =>
      objects(entries, index + 1, { ...made, [key]: value }, input, env, emit),
    );
  });
}

function texts(
  parts: readonly (string | Ast)[],
  name: string | undefined,
  index: number,
  text: string,
  input: unknown,
  env: Environment,
  emit: (value: string) => void,
): void {
  if (index === parts.length) return emit(bounded(text));
  const part = parts[index] ?? '';
  const next = (more: string) => texts(parts, name, index + 1, text + more, input, env, emit);
  if (typeof part === 'string') return next(part);
  run(part, input, null, env, (value) => next(format(name ?? '@text', value)));
}

function labelled(name: string, body: Ast, input: unknown, path: Path, env: Environment, emit: Emit): void {
  const label = {};
  try {
    run(body, input, path, env.withLabel(name, label), emit);
  } catch (error) {
    if (!(error instanceof Break) || error.label !== label) throw error;
  }
}

function bindFirst(
  ast: Extract<Ast, { kind: 'bind' }>,
  input: unknown,
  path: Path,
  env: Environment,
  emit: Emit,
): void {
  const names = ast.patterns.flatMap(namesIn);
  const blank = ast.patterns.length === 1 ? env : names.reduce((inner, name) => inner.bind(name, null), env);
  run(ast.source, input, null, env, (value) => {
    // With `?//` the next pattern is tried when one does not fit, or what follows it fails.
    ast.patterns.forEach((pattern, i) => void (i === 0 && tryFrom(0, pattern, value)));
  });

  function tryFrom(index: number, pattern: Pattern, value: unknown): void {
    const next = ast.patterns[index + 1];
    const work = () =>
      destructure(run, pattern, value, input, blank, (bound) => run(ast.body, input, path, bound, emit));
    if (!next) return work();
    try {
      work();
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      tryFrom(index + 1, next, value);
    }
  }
}

function reduce(ast: Extract<Ast, { kind: 'reduce' }>, input: unknown, path: Path, env: Environment, emit: Emit): void {
  run(ast.start, input, path, env, (start, startPath) => {
    let [state, at]: [unknown, Path] = [start, startPath];
    run(ast.source, input, null, env, (item) =>
      destructure(run, ast.pattern, item, input, env, (bound) => {
        let [last, lastPath]: [unknown, Path] = [null, null];
        run(ast.update, state, at, bound, (value, p) => ([last, lastPath] = [value, p]));
        [state, at] = [last, lastPath];
      }),
    );
    emit(state, at);
  });
}

function foreach(
  ast: Extract<Ast, { kind: 'foreach' }>,
  input: unknown,
  path: Path,
  env: Environment,
  emit: Emit,
): void {
  run(ast.start, input, path, env, (start, startPath) => {
    let [state, at]: [unknown, Path] = [start, startPath];
    run(ast.source, input, null, env, (item) =>
      destructure(run, ast.pattern, item, input, env, (bound) =>
        run(ast.update, state, at, bound, (value, p) => {
          [state, at] = [value, p];
          if (ast.extract) run(ast.extract, value, p, bound, emit);
          else emit(value, p);
        }),
      ),
    );
  });
}

function call(name: string, args: readonly Ast[], input: unknown, path: Path, env: Environment, emit: Emit): void {
  const found = env.filter(name, args.length);
  if (found?.kind === 'closure') return runClosure(found.closure, input, path, emit);
  if (found) {
    const { definition, home } = found;
    const inner = env.enter(home);
    return bindArguments(definition.parameters, args, 0, inner, input, env, (bound) =>
      run(definition.body, input, path, bound, emit),
    );
  }
  const builtin = builtinOf(name, args.length);
  if (!builtin) throw new ExpressionError(`${name}/${args.length} is not defined`);
  if ('body' in builtin) {
    return bindArguments(builtin.parameters, args, 0, env.outermost().define(builtin), input, env, (bound) =>
      run(builtin.body, input, path, bound, emit),
    );
  }
  builtin.apply(
    args.map((ast) => ({ ast, env })),
    { input, path, env, emit, call: runClosure },
  );
}

function bindArguments(
  parameters: readonly string[],
  args: readonly Ast[],
  index: number,
  bound: Environment,
  input: unknown,
  env: Environment,
  then: (env: Environment) => void,
): void {
  const [parameter, ast] = [parameters[index], args[index]];
  if (parameter === undefined || ast === undefined) return then(bound);
  const next = (inner: Environment) => bindArguments(parameters, args, index + 1, inner, input, env, then);
  if (!parameter.startsWith('$')) return next(bound.withFilter(parameter, { ast, env }));
  run(ast, input, null, env, (value) => {
    const literal: Ast = { kind: 'literal', value };
    next(bound.bind(parameter.slice(1), value).withFilter(parameter.slice(1), { ast: literal, env }));
  });
}
