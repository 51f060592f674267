import type { Ast } from './ast.js';
import type { Token } from './lexer.js';
import type { Parser } from './parser.js';

/** A text with its pieces, each `\( )` a program of its own. */
export function textAst(parser: Parser, parts: (string | Token[])[], format?: string): Ast {
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'string' && format === undefined) return { kind: 'literal', value: only };
  const read = parts.map((part) => (typeof part === 'string' ? part : parser.inner(part)));
  return { kind: 'text', parts: read, ...(format !== undefined && { format }) };
}
