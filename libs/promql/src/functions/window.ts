/** The samples of one series that a function over time sees at one step. */
export class Window {
  times = new Float64Array();
  values = new Float64Array();
  /** Index of the first sample, and that after the last. */
  from = 0;
  to = 0;
  /** Unix milliseconds of the step, and of the ends of the window. */
  timeMs = 0;
  startMs = 0;
  endMs = 0;
  /** What the function is also given: its scalar arguments at this step. */
  args: readonly number[] = [];

  constructor(
    readonly rangeMs: number,
    readonly compat: '3.x' | '2.x',
    readonly extension?: 'anchored' | 'smoothed',
  ) {}

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
