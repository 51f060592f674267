/** The samples of one series that a function over time sees at one step. */
export class Window {
  /** Index of the first sample, and that after the last. */
  from = 0;
  to = 0;
  /** Unix milliseconds of the step, and of the ends of the window. */
  timeMs = 0;
  startMs = 0;
  endMs = 0;
  /** What the function is also given: its scalar arguments at this step. */
  args: readonly number[] = [];

  private falls?: boolean;

  constructor(
    readonly times: Float64Array,
    readonly values: Float64Array,
    readonly rangeMs: number,
    readonly compat: '3.x' | '2.x',
    readonly extension?: 'anchored' | 'smoothed',
  ) {}

  /** Whether any value of the series, also outside the window, is less than that before: most counters are never reset. */
  get mayFall(): boolean {
    this.falls ??= this.values.some((value, i) => i > 0 && value < (this.values[i - 1] as number));
    return this.falls;
  }

  get count(): number {
    return this.to - this.from;
  }

  value(index: number): number {
    return this.values[index] as number;
  }

  time(index: number): number {
    return this.times[index] as number;
  }

  arg(index: number): number {
    return this.args[index] as number;
  }
}

/** What a function over time makes of a window that is not empty; undefined is no value. */
export type OverTime = (window: Window) => number | undefined;
