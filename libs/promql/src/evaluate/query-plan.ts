import { evaluateScalar } from '../functions/scalars.js';
import { textOf } from '../functions/relabel.js';
import type { Expr, InputSeries } from '../syntax/ast.js';
import { PromqlError } from '../syntax/promql-error.js';
import { typeName, typeOf } from '../syntax/types.js';
import { LabelSet, type Labels } from '../values/label-set.js';
import type { Column } from './column.js';
import { mergeEqual } from './merge-equal.js';
import { defaultOptions, type EngineOptions, type QueryTimes } from './options.js';
import { evaluateRange } from './ranges.js';
import { requestsOf, type SeriesRequest } from './requests.js';
import { toMatrix, toRawMatrix, toVector, type QueryResult, type ResultValue } from './result.js';
import { Run, Scope } from './scope.js';
import { evaluateVector } from './vector.js';

/** A series as it was read: samples in the order of time, stale markers among them. */
export interface ReadSamples {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

const MAX_STEPS = 11_000;

/** A query at certain times: first the caller reads what it asks for, then it is evaluated without waiting for anything. */
export class QueryPlan {
  readonly requests: readonly SeriesRequest[];
  private readonly options: EngineOptions;
  private readonly isInstant: boolean;

  constructor(
    private readonly source: string,
    private readonly expr: Expr,
    private readonly times: QueryTimes,
    options: Partial<EngineOptions> = {},
  ) {
    this.options = { ...defaultOptions, ...options };
    this.isInstant = times.stepMs === 0;
    this.assertTimes();
    this.requests = requestsOf(expr, times, this.options);
  }

  /** `answers` holds what was read for each request, in their order; throws a PromqlError for what cannot be answered. */
  evaluate(answers: readonly (readonly ReadSamples[])[]): QueryResult {
    const series = new Map<object, readonly InputSeries[]>();
    let samples = 0;
    this.requests.forEach(({ readers }, i) => {
      const read = (answers[i] ?? []).map((one) => ({ ...one, labels: LabelSet.of(one.labels) }));
      samples += read.reduce((sum, { times }) => sum + times.length, 0);
      for (const reader of readers) series.set(reader, read);
    });
    const run = new Run(this.source, this.times, this.options, series);
    run.budget.spend(samples);
    const { startMs, endMs, stepMs } = this.times;
    const steps = this.isInstant ? 1 : Math.floor((endMs - startMs) / stepMs) + 1;
    const scope = new Scope(
      run,
      { scalar: evaluateScalar, vector: evaluateVector, range: evaluateRange },
      startMs,
      this.isInstant ? 1 : stepMs,
      steps,
    );
    const value = this.valueIn(scope);
    return { ...value, warnings: run.notes.warnings, infos: run.notes.infos };
  }

  private valueIn(scope: Scope): ResultValue {
    const type = typeOf(this.expr);
    switch (type) {
      case 'string':
        return { type, value: textOf(this.expr) };
      case 'matrix':
        return toRawMatrix(scope.range(this.expr), scope);
      case 'vector': {
        const columns = this.named(scope.vector(this.expr));
        return this.isInstant ? toVector(columns) : toMatrix(columns, scope);
      }
      case 'scalar': {
        const values = scope.scalar(this.expr);
        if (this.isInstant) return { type, value: values[0] as number };
        const present = new Uint8Array(scope.steps).fill(1);
        return toMatrix([{ labels: LabelSet.empty, values, present, dropName: false }], scope);
      }
      default: {
        const exhausted: never = type;
        return exhausted;
      }
    }
  }

  /** Names that were to go are dropped now, which may make series equal. */
  private named(columns: Column[]): Column[] {
    if (!this.options.delayedNameRemoval) return columns;
    return mergeEqual(
      columns.map((column) => (column.dropName ? { ...column, labels: column.labels.withoutMetric } : column)),
    );
  }

  private assertTimes(): void {
    if (this.isInstant) return;
    const { startMs, endMs, stepMs } = this.times;
    const type = typeOf(this.expr);
    if (type !== 'vector' && type !== 'scalar') {
      throw new PromqlError(
        `invalid expression type "${typeName(type)}" for range query, must be Scalar or instant Vector`,
      );
    }
    if ((endMs - startMs) / stepMs > MAX_STEPS) {
      throw new PromqlError(
        'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
      );
    }
  }
}
