import type { Ast, Pattern } from './ast.js';
import type { Parser } from './parser.js';
import { textAst } from './text.parser.js';

/** Reads what stands behind `as`: `$name`, `[$a, $b]` or `{key: $a, $b}`. */
export function readPattern(parser: Parser): Pattern {
  if (parser.take('[')) {
    const items: Pattern[] = [];
    do items.push(readPattern(parser));
    while (parser.take(','));
    parser.need(']');
    return { kind: 'array', items };
  }
  if (parser.take('{')) {
    const entries: Extract<Pattern, { kind: 'object' }>['entries'] = [];
    do entries.push(readEntry(parser));
    while (parser.take(','));
    parser.need('}');
    return { kind: 'object', entries };
  }
  if (parser.peek().kind !== 'variable') throw parser.expected('a variable, `[` or `{`');
  return { kind: 'name', name: parser.next().text };
}

function readEntry(parser: Parser): { key: Ast; name?: string; value?: Pattern } {
  const token = parser.next();
  if (token.kind === 'variable') {
    const key: Ast = { kind: 'literal', value: token.text };
    return { key, name: token.text, ...(parser.take(':') && { value: readPattern(parser) }) };
  }
  const key = keyOf(parser, token);
  parser.need(':');
  return { key, value: readPattern(parser) };
}

function keyOf(parser: Parser, token: ReturnType<Parser['next']>): Ast {
  if (token.kind === 'name' || token.kind === 'keyword') return { kind: 'literal', value: token.text };
  if (token.kind === 'text') return textAst(parser, token.parts);
  if (token.text !== '(') throw parser.expected('a key');
  const key = parser.pipe();
  parser.need(')');
  return key;
}
