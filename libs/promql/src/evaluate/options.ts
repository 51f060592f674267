/** Unix milliseconds; an instant query starts where it ends and has the step 0. */
export interface QueryTimes {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export interface EngineOptions {
  /** `2.x` also counts a sample at the left edge of a range, and extrapolates rates as Prometheus 2 did. */
  readonly compat: '3.x' | '2.x';
  /** How long a sample counts as the present value. */
  readonly lookbackMs: number;
  /** The step of subqueries that name none. */
  readonly subqueryStepMs: number;
  /** Samples that may be read and made. */
  readonly maxSamples: number;
  /** When evaluation ends, as `performance.now()` counts. */
  readonly deadlineAt: number;
  /** Whether names are dropped at the end of the evaluation rather than by each function. */
  readonly delayedNameRemoval: boolean;
}

export const defaultOptions: EngineOptions = {
  compat: '3.x',
  lookbackMs: 300_000,
  subqueryStepMs: 60_000,
  maxSamples: 20_000_000,
  deadlineAt: Infinity,
  delayedNameRemoval: false,
};
