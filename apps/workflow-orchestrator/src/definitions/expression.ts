/**
 * Runtime expressions, `${ … }`: the paths of jq with its variables, literals, string interpolation and `//`.
 *
 *   .a.b[0]   ."any key"   .["key"]   .[-1]   $context.a   .a // "none"   "load \(.mean) on \(.host)"   true   12.5   null
 *
 * As in jq a path into null gives null, and a path into a value of the wrong kind is an error.
 */
export interface Scope {
  /** What `.` is. */
  data: unknown;
  /** What `$name` is; a name that is absent is null. */
  variables: Readonly<Record<string, unknown>>;
}

/** An expression that does not parse, or that its data does not allow. */
export class ExpressionError extends Error {
  override name = 'ExpressionError';
}

export type Expression = (scope: Scope) => unknown;

export const variableNames = ['context', 'input', 'output', 'workflow', 'task', 'runtime'] as const;

const WRAPPED = /^\s*\$\{([^]*)\}\s*$/;
const MAX_LENGTH = 4_096;
const MAX_RESULT = 262_144;
const MAX_DEPTH = 40;

/** The text between `${` and `}`; undefined for text that is not an expression. */
export function expressionIn(value: unknown): string | undefined {
  return typeof value === 'string' ? WRAPPED.exec(value)?.[1] : undefined;
}

/** A value with each expression in it replaced by what it gives; more than 256 Ki characters is an ExpressionError. */
export function evaluate(template: unknown, scope: Scope): unknown {
  return fill(template, scope, { characters: MAX_RESULT });
}

function fill(template: unknown, scope: Scope, room: { characters: number }): unknown {
  const source = expressionIn(template);
  if (source !== undefined) {
    const value = parseExpression(source)(scope);
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

/** Throws ExpressionError with the place and what was expected there. */
export function parseExpression(source: string): Expression {
  if (source.length > MAX_LENGTH) throw new ExpressionError(`an expression has at most ${MAX_LENGTH} characters`);
  return new Parser(source).whole();
}

class Parser {
  private at = 0;

  constructor(private readonly source: string) {}

  whole(): Expression {
    const expression = this.alternatives();
    this.skipSpace();
    if (this.at < this.source.length) throw this.expected('the end');
    return expression;
  }

  private alternatives(): Expression {
    let left = this.primary();
    while (this.take(/\/\//)) left = alternative(left, this.primary());
    return left;
  }

  private primary(): Expression {
    const start = this.start();
    if (this.peek() === '"' && start === undefined) return this.text();
    if (start) return this.path(start);
    const literal = this.take(/true\b|false\b|null\b|-?\d+(\.\d+)?([eE][+-]?\d+)?/);
    if (literal === undefined) throw this.expected('a path, a variable or a literal');
    const value = JSON.parse(literal) as unknown;
    return () => value;
  }

  /** What a path begins at: a variable or `.`; the dot of `.a` is left for the first key. */
  private start(): Expression | undefined {
    const variable = this.take(/\$[A-Za-z_]\w*/)?.slice(1);
    if (variable !== undefined) {
      if (!(variableNames as readonly string[]).includes(variable)) {
        throw new ExpressionError(`$${variable} is not one of $${variableNames.join(', $')}`);
      }
      return ({ variables }) => variables[variable] ?? null;
    }
    this.skipSpace();
    if (!/^\.(?!\.)/.test(this.source.slice(this.at))) return undefined;
    if (!/^\.[A-Za-z_"]/.test(this.source.slice(this.at))) this.at++;
    return ({ data }) => data;
  }

  private path(start: Expression): Expression {
    let expression = start;
    for (let step = this.step(); step; step = this.step()) {
      const [inner, key] = [expression, step];
      expression = (scope) => child(inner(scope), key(scope));
    }
    return expression;
  }

  private step(): Expression | undefined {
    const name = this.take(/\.[A-Za-z_]\w*/, false)?.slice(1);
    if (name !== undefined) return () => name;
    if (this.take(/\.(?=")/, false)) return this.text();
    if (!this.take(/\.?\[/, false)) return undefined;
    const index = this.take(/-?\d+(?=\s*\])/);
    const key = index === undefined ? this.keyText() : () => Number(index);
    if (!this.take(/\]/)) throw this.expected(']');
    return key;
  }

  private keyText(): Expression {
    if (this.peek() !== '"') throw this.expected('an index or a key in quotes');
    return this.text();
  }

  /** A JSON string in which `\(…)` stands for what an expression gives. */
  private text(): Expression {
    this.take(/"/);
    const parts: Expression[] = [];
    while (!this.take(/"/, false)) {
      const literal = this.take(/(?:[^"\\]|\\[^(])+/, false);
      if (literal !== undefined) parts.push(constantText(literal));
      else if (this.take(/\\\(/, false)) {
        parts.push(this.alternatives());
        if (!this.take(/\)/)) throw this.expected(')');
      } else throw this.expected('the end of the text');
    }
    return (scope) => parts.reduce((text, part) => joined(text, textOf(part(scope))), '');
  }

  private take(pattern: RegExp, spaced = true): string | undefined {
    if (spaced) this.skipSpace();
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.source)?.[0];
    if (found === undefined) return undefined;
    this.at += found.length;
    return found;
  }

  private peek(): string | undefined {
    this.skipSpace();
    return this.source[this.at];
  }

  private skipSpace(): void {
    while (/\s/.test(this.source[this.at] ?? '')) this.at++;
  }

  private expected(what: string): ExpressionError {
    return new ExpressionError(`expected ${what} at character ${this.at + 1} of "${this.source.trim().slice(0, 80)}"`);
  }
}

function child(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value) && typeof key === 'number') return (value.at(key) as unknown) ?? null;
  if (typeof value === 'object' && !Array.isArray(value) && typeof key === 'string') {
    return Object.hasOwn(value, key) ? ((value as Record<string, unknown>)[key] ?? null) : null;
  }
  const kind = Array.isArray(value) ? 'a list' : `a${typeof value === 'object' ? 'n object' : ` ${typeof value}`}`;
  throw new ExpressionError(`${kind} has no ${typeof key === 'number' ? `item ${key}` : `key "${String(key)}"`}`);
}

function alternative(left: Expression, right: Expression): Expression {
  return (scope) => {
    try {
      const value = left(scope);
      if (value !== null && value !== false) return value;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
    }
    return right(scope);
  };
}

function constantText(escaped: string): Expression {
  try {
    const text = JSON.parse(`"${escaped.replace(/[\n\r\t]/g, (c) => JSON.stringify(c).slice(1, -1))}"`) as string;
    return () => text;
  } catch {
    throw new ExpressionError(`"${escaped}" has an escape that JSON does not know`);
  }
}

function joined(text: string, more: string): string {
  if (text.length + more.length > MAX_RESULT) throw new ExpressionError(`a text has at most ${MAX_RESULT} characters`);
  return text + more;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
