import { TemplateFault } from './template-fault.js';

export type TokenKind = 'text' | 'number' | 'variable' | 'field' | 'word' | 'mark';

export interface Token {
  kind: TokenKind;
  /** Texts and characters without their quotes; fields without their dot, variables with their dollar. */
  text: string;
}

/** Plain text, or the tokens between `{{` and `}}`. */
export type Part = string | Token[];

const MAX_LENGTH = 16_384;

/** Splits a template; `{{-` and `-}}` take the white space beside them away. */
export function lex(template: string): Part[] {
  if (template.length > MAX_LENGTH) throw new TemplateFault(`is longer than ${MAX_LENGTH} characters`);
  const parts: Part[] = [];
  let at = 0;
  let trims = false;
  for (;;) {
    const open = template.indexOf('{{', at);
    const text = template.slice(at, open === -1 ? undefined : open);
    const isTrimmed = open !== -1 && /^\{\{-\s/.test(template.slice(open, open + 4));
    parts.push(trimmed(text, trims, isTrimmed));
    if (open === -1) return parts;
    const action = readAction(template, open + (isTrimmed ? 3 : 2));
    if (action.tokens) parts.push(action.tokens);
    at = action.end;
    trims = action.trims;
  }
}

function trimmed(text: string, atStart: boolean, atEnd: boolean): string {
  const begun = atStart ? text.trimStart() : text;
  return atEnd ? begun.trimEnd() : begun;
}

const COMMENT = /\s*\/\*[\s\S]*?\*\/\s*(-?)\}\}/y;
const SPACE = /\s+/y;
const CLOSE = /(?:\s(-))?\}\}/y;
const tokens: readonly (readonly [TokenKind, RegExp])[] = [
  ['text', /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ['number', /[+-]?(?:0x[0-9a-f]+|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)/iy],
  ['variable', /\$[A-Za-z0-9_]*/y],
  ['field', /\.[A-Za-z_][A-Za-z0-9_]*/y],
  ['word', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['mark', /:=|[|(),=.]/y],
];

function readAction(template: string, from: number): { tokens?: Token[]; end: number; trims: boolean } {
  const comment = take(COMMENT, template, from);
  if (comment) return { end: from + comment[0].length, trims: comment[1] === '-' };
  const found: Token[] = [];
  for (let at = from; at < template.length;) {
    const close = take(CLOSE, template, at);
    if (close) return { tokens: found, end: at + close[0].length, trims: close[1] === '-' };
    const space = take(SPACE, template, at);
    if (space) {
      at += space[0].length;
      continue;
    }
    const token = readToken(template, at);
    found.push(token.token);
    at = token.end;
  }
  throw new TemplateFault('has a {{ without its }}');
}

function readToken(template: string, at: number): { token: Token; end: number } {
  for (const [kind, pattern] of tokens) {
    const found = take(pattern, template, at)?.[0];
    if (found !== undefined) return { token: { kind, text: contentOf(kind, found) }, end: at + found.length };
  }
  throw new TemplateFault(`has ${JSON.stringify(template.charAt(at))} where it means nothing`);
}

function contentOf(kind: TokenKind, found: string): string {
  if (kind === 'field') return found.slice(1);
  if (kind !== 'text') return found;
  if (found.startsWith('`')) return found.slice(1, -1);
  try {
    return JSON.parse(found) as string;
  } catch {
    throw new TemplateFault(`has a text with an unknown escape: ${found}`);
  }
}

function take(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
