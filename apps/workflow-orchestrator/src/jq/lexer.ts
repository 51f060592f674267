import { ExpressionError } from './expression-error.js';

export type Token =
  | { kind: 'operator' | 'keyword' | 'name' | 'field' | 'variable' | 'format'; text: string; at: number }
  | { kind: 'number'; text: string; value: number; at: number }
  /** Pieces of a text: literal ones, and the tokens of each `\( )`. */
  | { kind: 'text'; text: string; parts: (string | Token[])[]; at: number }
  | { kind: 'end'; text: string; at: number };

const KEYWORDS = new Set(
  'def if then elif else end as reduce foreach try catch label and or __loc__ import include'.split(' '),
);
const PATTERN =
  /(?<space>(?:\s|#[^\n]*)+)|(?<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?<format>@[A-Za-z0-9_]+)|(?<variable>\$(?:__loc__|[A-Za-z_]\w*(?:::\w+)*))|(?<field>\.[A-Za-z_]\w*)|(?<name>[A-Za-z_]\w*(?:::\w+)*)|(?<operator>\?\/\/|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\](){}:;,|=+\-*/%<>?])|(?<quote>")/uy;

/** Splits a program into tokens; throws ExpressionError at the first character that begins none. */
export function tokensOf(source: string): Token[] {
  const { tokens, at } = read(source, 0, false);
  return [...tokens, { kind: 'end', text: 'the end', at }];
}

function read(source: string, from: number, inText: boolean): { tokens: Token[]; at: number } {
  const tokens: Token[] = [];
  let at = from;
  let depth = 0;
  while (at < source.length) {
    PATTERN.lastIndex = at;
    const groups = PATTERN.exec(source)?.groups;
    if (!groups) throw new ExpressionError(`nothing begins with ${JSON.stringify(source[at])} at character ${at + 1}`);
    const start = at;
    at = PATTERN.lastIndex;
    if (groups.space !== undefined) continue;
    if (groups.quote !== undefined) {
      const text = readText(source, at);
      tokens.push({ kind: 'text', text: 'a text', parts: text.parts, at: start });
      at = text.at;
      continue;
    }
    const token = tokenOf(groups, start);
    if (token.text === '(') depth++;
    if (token.text === ')' && inText && depth-- === 0) return { tokens, at };
    tokens.push(token);
  }
  if (inText) throw new ExpressionError('a `\\(` is not closed');
  return { tokens, at };
}

function tokenOf(groups: Record<string, string | undefined>, at: number): Token {
  const { number, format, variable, field, name, operator = '' } = groups;
  if (number !== undefined) return { kind: 'number', text: number, value: Number(number), at };
  if (format !== undefined) return { kind: 'format', text: format, at };
  if (variable !== undefined) return { kind: 'variable', text: variable.slice(1), at };
  if (field !== undefined) return { kind: 'field', text: field.slice(1), at };
  if (name !== undefined) return { kind: KEYWORDS.has(name) ? 'keyword' : 'name', text: name, at };
  return { kind: 'operator', text: operator, at };
}

function readText(source: string, from: number): { parts: (string | Token[])[]; at: number } {
  const parts: (string | Token[])[] = [];
  let literal = '';
  for (let at = from; at < source.length; at++) {
    const c = source[at] ?? '';
    if (c === '"') return { parts: literal === '' && parts.length > 0 ? parts : [...parts, literal], at: at + 1 };
    if (c !== '\\') {
      literal += c;
      continue;
    }
    if (source[at + 1] === '(') {
      const inner = read(source, at + 2, true);
      parts.push(literal, [...inner.tokens, { kind: 'end', text: '`)`', at: inner.at }]);
      literal = '';
      at = inner.at - 1;
      continue;
    }
    const escape = /^\\(?:u[0-9a-fA-F]{4}|["\\/bfnrt])/.exec(source.slice(at, at + 6))?.[0];
    if (escape === undefined) throw new ExpressionError(`there is no escape ${source.slice(at, at + 2)}`);
    literal += JSON.parse(`"${escape}"`) as string;
    at += escape.length - 1;
  }
  throw new ExpressionError('a text is not closed');
}
