import type { Ast, Definition } from './ast.js';
import { ExpressionError } from './expression-error.js';

/** A filter with the names it sees. */
export interface Closure {
  ast: Ast;
  env: Environment;
}

type Found = { kind: 'closure'; closure: Closure } | { kind: 'definition'; definition: Definition; home: Environment };

/** What one evaluation may spend: so that no program runs on for ever. */
export interface Budget {
  steps: number;
  readonly maxDepth: number;
  /** Unix milliseconds that `now` gives. */
  readonly now: number;
}

type Entry =
  | { kind: 'variable'; name: string; value: unknown }
  | { kind: 'closure'; name: string; closure: Closure }
  | { kind: 'definition'; name: string; definition: Definition }
  | { kind: 'label'; name: string; label: object };

/** The names in force, each over those before it. Environments never change. */
export class Environment {
  private constructor(
    private readonly budget: Budget,
    private readonly depth: number,
    private readonly entry?: Entry,
    private readonly outer?: Environment,
  ) {}

  static of(budget: Budget): Environment {
    return new Environment(budget, 0);
  }

  get now(): number {
    return this.budget.now;
  }

  get isExhausted(): boolean {
    return this.budget.steps < 0;
  }

  spend(steps = 1): void {
    this.budget.steps -= steps;
    if (this.budget.steps < 0) throw new ExpressionError('the expression takes too many steps');
  }

  bind(name: string, value: unknown): Environment {
    return this.with({ kind: 'variable', name, value });
  }

  define(definition: Definition): Environment {
    return this.with({ kind: 'definition', name: `${definition.name}/${definition.parameters.length}`, definition });
  }

  withFilter(name: string, closure: Closure): Environment {
    return this.with({ kind: 'closure', name: `${name}/0`, closure });
  }

  withLabel(name: string, label: object): Environment {
    return this.with({ kind: 'label', name, label });
  }

  /** The names at a definition, one call deeper. */
  enter(home: Environment): Environment {
    if (this.depth >= this.budget.maxDepth) throw new ExpressionError('the expression calls too deep');
    return new Environment(this.budget, this.depth + 1, home.entry, home.outer);
  }

  /** Without any name, one call deeper. */
  outermost(): Environment {
    return this.enter(new Environment(this.budget, 0));
  }

  variable(name: string): unknown {
    const found = this.find('variable', name);
    if (!found) throw new ExpressionError(`$${name} is not defined`);
    return found.entry.value;
  }

  label(name: string): object {
    const found = this.find('label', name);
    if (!found) throw new ExpressionError(`$*label-${name} is not defined`);
    return found.entry.label;
  }

  filter(name: string, arity: number): Found | undefined {
    const wanted = `${name}/${arity}`;
    for (let env = this as Environment | undefined; env; env = env.outer) {
      const { entry } = env;
      if (entry?.name !== wanted) continue;
      if (entry.kind === 'closure') return { kind: 'closure', closure: entry.closure };
      // A definition sees itself.
      if (entry.kind === 'definition') return { kind: 'definition', definition: entry.definition, home: env };
    }
    return undefined;
  }

  private find<Kind extends Entry['kind']>(
    kind: Kind,
    name: string,
  ): { entry: Extract<Entry, { kind: Kind }> } | undefined {
    for (let env = this as Environment | undefined; env; env = env.outer) {
      const { entry } = env;
      if (entry?.kind === kind && entry.name === name) return { entry: entry as Extract<Entry, { kind: Kind }> };
    }
    return undefined;
  }

  private with(entry: Entry): Environment {
    return new Environment(this.budget, this.depth, entry, this);
  }
}
