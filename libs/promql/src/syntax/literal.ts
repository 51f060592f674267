import type { SyntaxNode } from '@lezer/common';
import { parseError } from './promql-error.js';
import { unquote } from './text-literal.js';

/** The text that a literal, or a node around one, stands for. */
export function literalOf(source: string, node: SyntaxNode): string {
  const literal = source.slice(node.from, node.to);
  const text = unquote(literal);
  if (text !== undefined) return text;
  const isOpen = literal.length < 2 || !literal.endsWith(literal.charAt(0));
  throw parseError(source, node.from, isOpen ? 'unterminated quoted string' : `error unquoting string ${literal}`);
}
