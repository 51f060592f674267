import type { AssignOperator, Ast, BinaryOperator, Definition } from './ast.js';
import { ExpressionError } from './expression-error.js';
import { tokensOf, type Token } from './lexer.js';
import { readPattern } from './pattern.parser.js';
import { readTerm } from './term.parser.js';

const MAX_DEPTH = 200;

/** Reads a program; throws ExpressionError with what was expected where. */
export function parseProgram(source: string): Ast {
  return new Parser(tokensOf(source)).whole();
}

/** From weakest to strongest; `?//` and `as` are read apart. */
const LEVELS: readonly { operators: readonly string[]; side: 'left' | 'right' | 'none' }[] = [
  { operators: ['|'], side: 'right' },
  { operators: [','], side: 'left' },
  { operators: ['//'], side: 'right' },
  { operators: ['=', '|=', '+=', '-=', '*=', '/=', '%=', '//='], side: 'none' },
  { operators: ['or'], side: 'left' },
  { operators: ['and'], side: 'left' },
  { operators: ['==', '!=', '<', '<=', '>', '>='], side: 'none' },
  { operators: ['+', '-'], side: 'left' },
  { operators: ['*', '/', '%'], side: 'left' },
];
/** `,` and `|` end what stands between the commas of an object. */
const ABOVE_COMMA = 2;

export class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Ast {
    const program = this.pipe();
    if (this.peek().kind !== 'end') throw this.expected('the end');
    return program;
  }

  pipe(): Ast {
    return this.level(0);
  }

  aboveComma(): Ast {
    return this.level(ABOVE_COMMA);
  }

  /** The program within a text. */
  inner(tokens: readonly Token[]): Ast {
    return new Parser(tokens).whole();
  }

  private level(index: number): Ast {
    if (++this.depth > MAX_DEPTH * LEVELS.length) throw new ExpressionError('the expression nests too deep');
    try {
      return this.operators(index);
    } finally {
      this.depth--;
    }
  }

  peek(offset = 0): Token {
    return this.tokens[this.at + offset] ?? { kind: 'end', text: 'the end', at: 0 };
  }

  next(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  take(...texts: string[]): string | undefined {
    const { kind, text } = this.peek();
    if ((kind !== 'operator' && kind !== 'keyword') || !texts.includes(text)) return undefined;
    this.at++;
    return text;
  }

  need(text: string): void {
    if (this.take(text) === undefined) throw this.expected(`\`${text}\``);
  }

  expected(what: string): ExpressionError {
    const { text, at } = this.peek();
    return new ExpressionError(`${what} is expected at character ${at + 1}, found ${text}`);
  }

  private operators(index: number): Ast {
    const level = LEVELS[index];
    if (!level) return this.postfix();
    if (index <= 1 && this.peek().text === 'def' && this.peek().kind === 'keyword') {
      const definition = this.definition();
      return { kind: 'define', definition, body: this.level(index) };
    }
    let left = this.level(index + 1);
    for (let operator = this.take(...level.operators); operator; operator = this.take(...level.operators)) {
      const right = this.level(level.side === 'right' ? index : index + 1);
      left = joined(operator, left, right);
      if (level.side !== 'left') break;
    }
    return left;
  }

  private postfix(): Ast {
    if (this.take('-')) return { kind: 'negate', operand: this.postfix() };
    const term = readTerm(this);
    if (!this.take('as')) return term;
    const patterns = [readPattern(this)];
    while (this.take('?//')) patterns.push(readPattern(this));
    this.need('|');
    return { kind: 'bind', source: term, patterns, body: this.pipe() };
  }

  definition(): Definition {
    this.need('def');
    const { kind, text: name } = this.next();
    if (kind !== 'name' && kind !== 'keyword') throw this.expected('a name');
    const parameters: string[] = [];
    if (this.take('(')) {
      do {
        const parameter = this.next();
        if (parameter.kind !== 'name' && parameter.kind !== 'variable') throw this.expected('a parameter');
        parameters.push(parameter.kind === 'variable' ? `$${parameter.text}` : parameter.text);
      } while (this.take(';'));
      this.need(')');
    }
    this.need(':');
    const body = this.pipe();
    this.need(';');
    return { name, parameters, body };
  }
}

function joined(operator: string, left: Ast, right: Ast): Ast {
  if (operator === '|') return { kind: 'pipe', left, right };
  if (operator === ',') return { kind: 'comma', left, right };
  if (operator === '//') return { kind: 'alternative', left, right };
  if (operator === 'and' || operator === 'or') return { kind: operator, left, right };
  if (operator.endsWith('=') && !['==', '!=', '<=', '>='].includes(operator)) {
    return { kind: 'assign', operator: operator as AssignOperator, left, right };
  }
  return { kind: 'binary', operator: operator as BinaryOperator, left, right };
}
