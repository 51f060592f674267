import type { At, Duration, Expr, InputSeries, VectorSelector } from '../syntax/ast.js';
import type { LabelSet } from '../values/label-set.js';
import { Budget } from './budget.js';
import { newColumn, type Column } from './column.js';
import { resolveAt, resolveDuration } from './durations.js';
import { Notes } from './notes.js';
import type { EngineOptions, QueryTimes } from './options.js';
import type { RangeInput } from './range-input.js';

/** What all parts of one evaluation share. */
export class Run {
  readonly notes: Notes;
  readonly budget: Budget;

  constructor(
    source: string,
    readonly times: QueryTimes,
    readonly options: EngineOptions,
    private readonly series: ReadonlyMap<object, readonly InputSeries[]>,
  ) {
    this.notes = new Notes(source);
    this.budget = new Budget(options.maxSamples, options.deadlineAt);
  }

  get isLeftClosed(): boolean {
    return this.options.compat === '2.x';
  }

  /** What was read for a selector, or for a call of `info`. */
  seriesOf(reader: VectorSelector | Expr): readonly InputSeries[] {
    return this.series.get(reader) ?? [];
  }

  durationMs(duration: Duration | undefined): number {
    return resolveDuration(duration, this.times);
  }

  atMs(at: At | undefined): number | undefined {
    return resolveAt(at, this.times);
  }

  /** Labels of what a function makes of a series. */
  withoutMetric(labels: LabelSet): LabelSet {
    return this.options.delayedNameRemoval ? labels : labels.withoutMetric;
  }

  /** A metric's name for notes, which only say it where it is still there. */
  nameFor(labels: LabelSet): string {
    return this.options.delayedNameRemoval ? labels.metric : '';
  }
}

/** How the kinds of expressions are evaluated; each is given what it needs to evaluate those within. */
export interface Evaluators {
  scalar(expr: Expr, scope: Scope): Float64Array;
  vector(expr: Expr, scope: Scope): Column[];
  range(expr: Expr, scope: Scope): RangeInput;
}

/** The steps at which an expression is evaluated: the query's own, or those of a subquery. */
export class Scope {
  constructor(
    readonly run: Run,
    private readonly evaluators: Evaluators,
    readonly startMs: number,
    readonly stepMs: number,
    readonly steps: number,
  ) {}

  /** The same evaluation at other steps. */
  at(startMs: number, stepMs: number, steps: number): Scope {
    return new Scope(this.run, this.evaluators, startMs, stepMs, steps);
  }

  timeAt(step: number): number {
    return this.startMs + step * this.stepMs;
  }

  get lastMs(): number {
    return this.timeAt(this.steps - 1);
  }

  /** A series without values yet: what it may hold at all its steps counts. */
  column(labels: LabelSet, dropName = false): Column {
    this.run.budget.spend(this.steps);
    return newColumn(labels, this.steps, dropName);
  }

  scalar(expr: Expr): Float64Array {
    return this.evaluators.scalar(expr, this);
  }

  vector(expr: Expr): Column[] {
    return this.evaluators.vector(expr, this);
  }

  range(expr: Expr): RangeInput {
    return this.evaluators.range(expr, this);
  }
}
