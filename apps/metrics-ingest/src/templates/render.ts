import type { Labels } from '../series/labels.js';
import { functions } from './functions.js';
import { parseTemplate, type Argument, type Command, type Node, type Pipe } from './parse.js';
import { TemplateFault } from './template-fault.js';
import { fieldOf, isList, isTrue, textOf, type TemplateSample, type Value } from './value.js';

/** Answers `query` in a template: an instant query at the time of the evaluation. */
export type QueryForTemplate = (expr: string) => Promise<TemplateSample[]>;

const MAX_OUTPUT = 4_096;
const MAX_STEPS = 10_000;

/** A template that was read once and is filled in again and again. */
export class Template {
  private readonly nodes: readonly Node[];

  /** Throws a TemplateFault that says what is wrong. */
  constructor(text: string) {
    this.nodes = parseTemplate(text, (name) => name === 'query' || functions.has(name));
  }

  /** The text for one alert; cut to 4,096 characters. Throws a TemplateFault for what only filling in shows. */
  async render(labels: Labels, value: number, query: QueryForTemplate): Promise<string> {
    const dot: Value = { kind: 'dot', labels, value };
    const filling = new Filling(dot, query);
    filling.set('$labels', { kind: 'labels', labels });
    filling.set('$value', value);
    filling.set('$externalLabels', { kind: 'labels', labels: {} });
    filling.set('$externalURL', '');
    filling.set('$', dot);
    await filling.list(this.nodes, dot);
    return filling.text.slice(0, MAX_OUTPUT).toWellFormed();
  }
}

class Filling {
  text = '';
  private steps = 0;
  private readonly variables = new Map<string, Value>();

  constructor(
    private readonly root: Value,
    private readonly query: QueryForTemplate,
  ) {}

  set(name: string, value: Value): void {
    this.variables.set(name, value);
  }

  async list(nodes: readonly Node[], dot: Value): Promise<void> {
    for (const node of nodes) {
      if (++this.steps > MAX_STEPS) throw new TemplateFault('does too much');
      await this.node(node, dot);
    }
  }

  private async node(node: Node, dot: Value): Promise<void> {
    switch (node.kind) {
      case 'text':
        return this.write(node.text);
      case 'output':
        return this.write(textOf(await this.pipe(node.pipe, dot)));
      case 'set':
        if (!node.isNew && !this.variables.has(node.name)) throw new TemplateFault(`sets the unknown ${node.name}`);
        return this.set(node.name, await this.pipe(node.pipe, dot));
      case 'if':
      case 'with':
      case 'range':
        return this.block(node, dot);
      default: {
        const exhausted: never = node;
        return exhausted;
      }
    }
  }

  private async block(
    { kind, pipe, names, body, otherwise }: Extract<Node, { pipe: Pipe; body: Node[] }>,
    dot: Value,
  ): Promise<void> {
    const value = await this.pipe(pipe, dot);
    if (!isTrue(value)) return this.list(otherwise, dot);
    if (kind !== 'range') {
      if (names[0] !== undefined) this.set(names[0], value);
      return this.list(body, kind === 'with' ? value : dot);
    }
    if (!isList(value)) throw new TemplateFault('ranges over what is no list');
    for (const [i, element] of value.entries()) {
      if (names.length === 2) this.set(names[0] ?? '', i);
      if (names.length > 0) this.set(names.at(-1) ?? '', element);
      await this.list(body, element);
    }
  }

  private async pipe(pipe: Pipe, dot: Value): Promise<Value> {
    let [last]: Value[] = [];
    for (const [i, command] of pipe.entries()) last = await this.command(command, dot, i > 0 ? [last] : []);
    return last;
  }

  private async command({ call, args }: Command, dot: Value, piped: readonly Value[]): Promise<Value> {
    const values: Value[] = [];
    for (const arg of args) values.push(await this.argument(arg, dot));
    if (call === undefined) return values[0];
    values.push(...piped);
    if (call === 'query') return this.query(textOf(values[0]));
    const apply = functions.get(call);
    if (!apply) throw new TemplateFault(`uses the unknown function ${call}`);
    return apply(...values);
  }

  private async argument(arg: Argument, dot: Value): Promise<Value> {
    const base = await this.base(arg, dot);
    return arg.fields.reduce(fieldOf, base);
  }

  private async base(arg: Argument, dot: Value): Promise<Value> {
    switch (arg.kind) {
      case 'value':
        return arg.value;
      case 'dot':
        return dot;
      case 'pipe':
        return this.pipe(arg.pipe, dot);
      case 'variable':
        if (arg.name === '$') return this.root;
        if (!this.variables.has(arg.name)) throw new TemplateFault(`uses the unknown variable ${arg.name}`);
        return this.variables.get(arg.name);
      default: {
        const exhausted: never = arg;
        return exhausted;
      }
    }
  }

  private write(text: string): void {
    // What is cut off in the end need not be kept.
    if (this.text.length <= MAX_OUTPUT) this.text += text;
  }
}
