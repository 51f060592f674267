import { ExpressionError } from '../jq/expression-error.js';
import { firstOutput, parse } from '../jq/program.js';

export { ExpressionError };

/** What an expression sees. */
export interface Scope {
  /** What `.` is. */
  data: unknown;
  /** What `$name` is. */
  variables: Readonly<Record<string, unknown>>;
  /** Unix milliseconds that `now` gives. */
  now?: number;
}

const WRAPPED = /^\s*\$\{([^]*)\}\s*$/;
const MAX_RESULT = 262_144;
const MAX_DEPTH = 40;

/** The text between `${` and `}`; undefined for text that is not an expression. */
export function expressionIn(value: unknown): string | undefined {
  return typeof value === 'string' ? WRAPPED.exec(value)?.[1] : undefined;
}

/** Text that the language reads as an expression, with or without `${ }`. */
export function asExpression(text: unknown): unknown {
  return typeof text === 'string' && !/^\s*\$\{/.test(text) ? `\${ ${text} }` : text;
}

/** Throws ExpressionError for what is not a jq program. */
export function parseExpression(source: string): void {
  parse(source);
}

/** A value with each expression in it replaced by what it gives; more than 256 Ki characters is an ExpressionError. */
export function evaluate(template: unknown, scope: Scope): unknown {
  return fill(template, scope, { characters: MAX_RESULT });
}

function fill(template: unknown, scope: Scope, room: { characters: number }): unknown {
  const source = expressionIn(template);
  if (source !== undefined) {
    const value = firstOutput(source, scope.data, scope.variables, scope.now);
    spend(value, room, 0);
    return value;
  }
  if (Array.isArray(template)) return template.map((item) => fill(item, scope, room));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, item]) => [key, fill(item, scope, room)]));
}

/** A document may name the same data many times, and what it makes is data again: growth must end before memory does. */
function spend(value: unknown, room: { characters: number }, depth: number): void {
  if (depth > MAX_DEPTH) throw new ExpressionError(`the result nests deeper than ${MAX_DEPTH} levels`);
  room.characters -= typeof value === 'string' ? value.length : 4;
  if (room.characters < 0) throw new ExpressionError(`the result has more than ${MAX_RESULT} characters`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    room.characters -= key.length;
    spend(inner, room, depth + 1);
  }
}
