import { lex, type Part, type Token } from './lex.js';
import { TemplateFault } from './template-fault.js';

export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'output'; pipe: Pipe }
  | { kind: 'set'; name: string; isNew: boolean; pipe: Pipe }
  | { kind: 'if' | 'with' | 'range'; pipe: Pipe; names: string[]; body: Node[]; otherwise: Node[] };

/** Commands whose result is the last argument of the next one. */
export type Pipe = Command[];

export interface Command {
  /** A function's name, or nothing when the only argument is the value. */
  call?: string;
  args: Argument[];
}

export type Argument =
  | { kind: 'value'; value: string | number | boolean | undefined; fields: string[] }
  | { kind: 'variable'; name: string; fields: string[] }
  | { kind: 'dot'; fields: string[] }
  | { kind: 'pipe'; pipe: Pipe; fields: string[] };

const MAX_DEPTH = 32;
const literals = new Map<string, boolean | undefined>([
  ['true', true],
  ['false', false],
  ['nil', undefined],
]);

/** Reads a template of Go's text/template, as far as Prometheus's rules use it; throws a TemplateFault. */
export function parseTemplate(template: string, isFunction: (name: string) => boolean): Node[] {
  const parser = new Parser(lex(template), isFunction);
  return parser.template();
}

class Parser {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly parts: readonly Part[],
    private readonly isFunction: (name: string) => boolean,
  ) {}

  template(): Node[] {
    const { nodes, end } = this.list();
    if (end) throw new TemplateFault(`has {{ ${end[0]?.text} }} without its beginning`);
    return nodes;
  }

  /** Nodes up to the end, or to an `end` or `else`, whose tokens are given too. */
  private list(): { nodes: Node[]; end?: Token[] } {
    if (++this.depth > MAX_DEPTH) throw new TemplateFault(`is nested deeper than ${MAX_DEPTH} levels`);
    const nodes: Node[] = [];
    for (let part = this.parts[this.at++]; part !== undefined; part = this.parts[this.at++]) {
      if (typeof part === 'string') {
        if (part !== '') nodes.push({ kind: 'text', text: part });
        continue;
      }
      const word = part[0]?.kind === 'word' ? part[0].text : '';
      if (word === 'end' || word === 'else') {
        this.depth--;
        return { nodes, end: part };
      }
      if (word === 'if' || word === 'with' || word === 'range') nodes.push(this.block(word, part.slice(1)));
      else if (word === 'define' || word === 'template' || word === 'block' || word === 'break' || word === 'continue')
        throw new TemplateFault(`uses {{ ${word} }}, which rules do not have`);
      else nodes.push(this.action(part));
    }
    this.depth--;
    return { nodes };
  }

  private block(kind: 'if' | 'with' | 'range', tokens: readonly Token[]): Node {
    const { names, rest } = declared(tokens);
    const pipe = new PipeReader(rest, this.isFunction).whole();
    const { nodes: body, end } = this.list();
    if (!end) throw new TemplateFault(`has {{ ${kind} }} without its {{ end }}`);
    return { kind, pipe, names, body, otherwise: end[0]?.text === 'else' ? this.otherwise(kind, end.slice(1)) : [] };
  }

  private otherwise(kind: 'if' | 'with' | 'range', tokens: readonly Token[]): Node[] {
    const [next] = tokens;
    if (next?.kind === 'word' && (next.text === 'if' || next.text === 'with'))
      return [this.block(next.text, tokens.slice(1))];
    const { nodes, end } = this.list();
    if (end?.[0]?.text !== 'end') throw new TemplateFault(`has {{ ${kind} }} without its {{ end }}`);
    return nodes;
  }

  private action(tokens: readonly Token[]): Node {
    const [first, second] = tokens;
    if (first?.kind === 'variable' && (second?.text === ':=' || second?.text === '=')) {
      const pipe = new PipeReader(tokens.slice(2), this.isFunction).whole();
      return { kind: 'set', name: first.text, isNew: second.text === ':=', pipe };
    }
    return { kind: 'output', pipe: new PipeReader(tokens, this.isFunction).whole() };
  }
}

/** The variables before `:=`: one, or, as `range` has them, index and element. */
function declared(tokens: readonly Token[]): { names: string[]; rest: readonly Token[] } {
  const at = tokens.findIndex(({ kind, text }) => kind === 'mark' && text === ':=');
  if (at === -1) return { names: [], rest: tokens };
  const names = tokens.slice(0, at).filter(({ text }) => text !== ',');
  if (names.length > 2 || names.some(({ kind }) => kind !== 'variable'))
    throw new TemplateFault('declares what is no variable');
  return { names: names.map(({ text }) => text), rest: tokens.slice(at + 1) };
}

class PipeReader {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly isFunction: (name: string) => boolean,
  ) {}

  whole(): Pipe {
    const pipe = this.pipe();
    const rest = this.tokens[this.at];
    if (rest) throw new TemplateFault(`has ${JSON.stringify(rest.text)} where it means nothing`);
    return pipe;
  }

  private pipe(): Pipe {
    const commands = [this.command()];
    while (this.takes('|')) commands.push(this.command());
    const later = commands.slice(1).find(({ call }) => call === undefined);
    if (later) throw new TemplateFault('passes a value on to what is no function');
    return commands;
  }

  private command(): Command {
    const first = this.tokens[this.at];
    const isCall = first?.kind === 'word' && !literals.has(first.text);
    if (isCall && !this.isFunction(first.text)) throw new TemplateFault(`uses the unknown function ${first.text}`);
    if (isCall) this.at++;
    const args: Argument[] = [];
    for (let arg = this.argument(); arg; arg = this.argument()) args.push(arg);
    if (isCall) return { call: first.text, args };
    if (args.length !== 1)
      throw new TemplateFault(args.length === 0 ? 'has an empty action' : 'calls what is no function');
    return { args };
  }

  private argument(): Argument | undefined {
    const token = this.tokens[this.at];
    if (!token) return undefined;
    if (token.kind === 'mark') return this.marked(token.text);
    this.at++;
    switch (token.kind) {
      case 'text':
        return { kind: 'value', value: token.text, fields: [] };
      case 'number':
        return { kind: 'value', value: Number(token.text), fields: [] };
      case 'variable':
        return { kind: 'variable', name: token.text, fields: this.fields() };
      case 'field':
        return { kind: 'dot', fields: [token.text, ...this.fields()] };
      case 'word':
        if (literals.has(token.text)) return { kind: 'value', value: literals.get(token.text), fields: [] };
        if (!this.isFunction(token.text)) throw new TemplateFault(`uses the unknown function ${token.text}`);
        return { kind: 'pipe', pipe: [{ call: token.text, args: [] }], fields: [] };
      default: {
        const exhausted: never = token.kind;
        return exhausted;
      }
    }
  }

  private marked(mark: string): Argument | undefined {
    if (mark === '.') {
      this.at++;
      return { kind: 'dot', fields: [] };
    }
    if (mark !== '(') return undefined;
    this.at++;
    const pipe = this.pipe();
    if (!this.takes(')')) throw new TemplateFault('has a ( without its )');
    return { kind: 'pipe', pipe, fields: this.fields() };
  }

  private fields(): string[] {
    const found: string[] = [];
    for (let next = this.tokens[this.at]; next?.kind === 'field'; next = this.tokens[++this.at]) found.push(next.text);
    return found;
  }

  private takes(mark: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'mark' || token.text !== mark) return false;
    this.at++;
    return true;
  }
}
