import type { Ast } from './ast.js';
import type { Token } from './lexer.js';
import type { Parser } from './parser.js';
import { readPattern } from './pattern.parser.js';
import { textAst } from './text.parser.js';

/** Reads a term with what hangs on it: `.a`, `[0]`, `[1:2]`, `[]` and `?`. */
export function readTerm(parser: Parser): Ast {
  let term = readPrimary(parser);
  for (;;) {
    const { kind, text } = parser.peek();
    if (kind === 'field') {
      parser.next();
      term = { kind: 'index', target: term, key: { kind: 'literal', value: text } };
    } else if (parser.take('?')) term = optional(term);
    else if (kind === 'operator' && text === '.' && ['text', 'operator'].includes(parser.peek(1).kind)) {
      const after = parser.peek(1);
      if (after.kind === 'operator' && after.text !== '[') return term;
      parser.next();
      if (after.kind === 'text') term = { kind: 'index', target: term, key: textAst(parser, readParts(parser)) };
    } else if (kind === 'operator' && text === '[') term = readBrackets(parser, term);
    else return term;
  }
}

/** After an index `?` forgives that index alone, not what stands before it. */
function optional(term: Ast): Ast {
  if (term.kind === 'index' || term.kind === 'slice' || term.kind === 'iterate') return { ...term, optional: true };
  return { kind: 'try', body: term };
}

function readPrimary(parser: Parser): Ast {
  const token = parser.peek();
  switch (token.kind) {
    case 'number':
      parser.next();
      return { kind: 'literal', value: token.value };
    case 'text':
      return textAst(parser, readParts(parser));
    case 'format':
      parser.next();
      return parser.peek().kind === 'text'
        ? textAst(parser, readParts(parser), token.text)
        : { kind: 'format', name: token.text };
    case 'variable':
      parser.next();
      return { kind: 'variable', name: token.text };
    case 'field':
      parser.next();
      return { kind: 'index', target: { kind: 'identity' }, key: { kind: 'literal', value: token.text } };
    case 'name':
      return readCall(parser);
    case 'keyword':
      return readKeyword(parser);
    default:
      return readOperator(parser);
  }
}

function readParts(parser: Parser): (string | Token[])[] {
  const token = parser.next();
  return token.kind === 'text' ? token.parts : [];
}

function readCall(parser: Parser): Ast {
  const { text: name } = parser.next();
  if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true' };
  if (name === 'null') return { kind: 'literal', value: null };
  if (name === 'break' && parser.peek().kind === 'variable') return { kind: 'break', name: parser.next().text };
  const args: Ast[] = [];
  if (parser.take('(')) {
    do args.push(parser.pipe());
    while (parser.take(';'));
    parser.need(')');
  }
  return { kind: 'call', name, args };
}

function readOperator(parser: Parser): Ast {
  if (parser.take('..')) return { kind: 'recurse' };
  if (parser.take('(')) {
    const inner = parser.pipe();
    parser.need(')');
    return inner;
  }
  if (parser.take('[')) {
    if (parser.take(']')) return { kind: 'array' };
    const items = parser.pipe();
    parser.need(']');
    return { kind: 'array', items };
  }
  if (parser.take('{')) return readObject(parser);
  if (parser.take('.')) {
    if (parser.peek().kind !== 'text') return { kind: 'identity' };
    return { kind: 'index', target: { kind: 'identity' }, key: textAst(parser, readParts(parser)) };
  }
  throw parser.expected('a value');
}

function readBrackets(parser: Parser, target: Ast): Ast {
  parser.need('[');
  if (parser.take(']')) return { kind: 'iterate', target };
  if (parser.take(':')) return closed({ kind: 'slice', target, to: parser.pipe() });
  const key = parser.pipe();
  if (!parser.take(':')) return closed({ kind: 'index', target, key });
  if (parser.take(']')) return { kind: 'slice', target, from: key };
  return closed({ kind: 'slice', target, from: key, to: parser.pipe() });

  function closed(ast: Ast): Ast {
    parser.need(']');
    return ast;
  }
}

function readObject(parser: Parser): Ast {
  const entries: { key: Ast; value: Ast }[] = [];
  if (parser.take('}')) return { kind: 'object', entries };
  do {
    if (parser.peek().text === '}') break;
    entries.push(readEntry(parser));
  } while (parser.take(','));
  parser.need('}');
  return { kind: 'object', entries };
}

function readEntry(parser: Parser): { key: Ast; value: Ast } {
  const token = parser.next();
  if (token.kind === 'variable')
    return { key: { kind: 'literal', value: token.text }, value: { kind: 'variable', name: token.text } };
  const key = keyOf(parser, token);
  if (parser.take(':')) return { key, value: readValue(parser) };
  return { key, value: { kind: 'index', target: { kind: 'identity' }, key } };
}

/** What stands between the commas of an object: a term, or several joined by what binds stronger than a comma. */
function readValue(parser: Parser): Ast {
  let value = parser.aboveComma();
  while (parser.take('|')) value = { kind: 'pipe', left: value, right: parser.aboveComma() };
  return value;
}

function keyOf(parser: Parser, token: Token): Ast {
  if (token.kind === 'name' || token.kind === 'keyword') return { kind: 'literal', value: token.text };
  if (token.kind === 'number') return { kind: 'literal', value: String(token.value) };
  if (token.kind === 'text') return textAst(parser, token.parts);
  if (token.kind === 'format') return textAst(parser, readParts(parser), token.text);
  if (token.text !== '(') throw parser.expected('a key');
  const key = parser.pipe();
  parser.need(')');
  return key;
}

function readKeyword(parser: Parser): Ast {
  if (parser.take('if')) return readIf(parser);
  if (parser.take('try')) {
    const body = readTerm(parser);
    return { kind: 'try', body, ...(parser.take('catch') && { handler: readTerm(parser) }) };
  }
  if (parser.take('label')) {
    const { text: name } = parser.next();
    parser.need('|');
    return { kind: 'label', name, body: parser.pipe() };
  }
  const fold = parser.take('reduce', 'foreach');
  if (fold) return readFold(parser, fold as 'reduce' | 'foreach');
  if (parser.peek().text === 'def') return { kind: 'define', definition: parser.definition(), body: parser.pipe() };
  throw parser.expected('a value');
}

function readIf(parser: Parser): Ast {
  const condition = parser.pipe();
  parser.need('then');
  const consequent = parser.pipe();
  if (parser.take('elif')) return { kind: 'if', condition, consequent, otherwise: readIf(parser) };
  const otherwise = parser.take('else') ? parser.pipe() : undefined;
  parser.need('end');
  return { kind: 'if', condition, consequent, ...(otherwise && { otherwise }) };
}

function readFold(parser: Parser, kind: 'reduce' | 'foreach'): Ast {
  const source = readTerm(parser);
  parser.need('as');
  const pattern = readPattern(parser);
  parser.need('(');
  const start = parser.pipe();
  parser.need(';');
  const update = parser.pipe();
  const extract = kind === 'foreach' && parser.take(';') ? parser.pipe() : undefined;
  parser.need(')');
  return kind === 'reduce'
    ? { kind, source, pattern, start, update }
    : { kind, source, pattern, start, update, ...(extract && { extract }) };
}
