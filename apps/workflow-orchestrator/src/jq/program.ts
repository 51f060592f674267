import { LRUCache } from 'lru-cache';
import type { Ast } from './ast.js';
import { Environment } from './environment.js';
import { breakable } from './break.js';
import { run } from './evaluate.js';
import { ExpressionError } from './expression-error.js';
import { parseProgram } from './parser.js';
import { assertDefined } from './resolve.js';

const MAX_LENGTH = 8_192;
const MAX_STEPS = 200_000;
const MAX_DEPTH = 500;

const programs = new LRUCache<string, Ast>({ max: 5_000 });

/** Reads a program; throws ExpressionError that says what was expected where. */
export function parse(source: string): Ast {
  if (source.length > MAX_LENGTH) throw new ExpressionError(`an expression has at most ${MAX_LENGTH} characters`);
  const known = programs.get(source);
  if (known) return known;
  const program = parseProgram(source);
  assertDefined(program);
  programs.set(source, program);
  return program;
}

/** The first output of a program, null when it has none. `now` is Unix milliseconds. Throws ExpressionError. */
export function firstOutput(
  source: string,
  input: unknown,
  variables: Readonly<Record<string, unknown>> = {},
  now = 0,
): unknown {
  let first: unknown = null;
  breakable((stop) =>
    start(source, input, variables, now, (value) => {
      first = value ?? null;
      stop();
    }),
  );
  return first;
}

/** Every output of a program. */
export function allOutputs(
  source: string,
  input: unknown,
  variables: Readonly<Record<string, unknown>> = {},
): unknown[] {
  const outputs: unknown[] = [];
  start(source, input, variables, 0, (value) => outputs.push(value ?? null));
  return outputs;
}

function start(
  source: string,
  input: unknown,
  variables: Readonly<Record<string, unknown>>,
  now: number,
  emit: (value: unknown) => void,
): void {
  const empty = Environment.of({ steps: MAX_STEPS, maxDepth: MAX_DEPTH, now });
  const env = Object.entries(variables).reduce((inner, [name, value]) => inner.bind(name, value ?? null), empty);
  try {
    run(parse(source), input ?? null, null, env, emit);
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionError('the expression nests too deep');
    throw error;
  }
}
