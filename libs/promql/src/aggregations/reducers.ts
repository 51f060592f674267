import type { EngineOptions } from '../evaluate/options.js';

/** Takes the values of a group, all steps at once, and then has one for each step. */
export interface Reducer {
  /** `count` is how many values the step has had before. */
  add(step: number, value: number, count: number): void;
  result(step: number, count: number): number;
}

type MakeReducer = (steps: number, compat: EngineOptions['compat']) => Reducer;

export const reducers: ReadonlyMap<string, MakeReducer> = new Map<string, MakeReducer>([
  ['sum', (steps, compat) => new Sum(steps, compat)],
  ['avg', (steps, compat) => new Mean(steps, compat)],
  ['count', () => ({ add: () => {}, result: (_, count) => count })],
  ['group', () => ({ add: () => {}, result: () => 1 })],
  ['min', (steps) => new Extreme(steps, (value, best) => value < best)],
  ['max', (steps) => new Extreme(steps, (value, best) => value > best)],
  ['stdvar', (steps, compat) => new Variance(steps, compat, (variance) => variance)],
  ['stddev', (steps, compat) => new Variance(steps, compat, Math.sqrt)],
]);

/** Keeps what rounding loses, as KahanSum does. */
class Sum implements Reducer {
  readonly sums: Float64Array;
  readonly lost: Float64Array;

  constructor(
    steps: number,
    private readonly compat: EngineOptions['compat'],
  ) {
    // The sum of nothing that does not hide the sign of a zero.
    this.sums = new Float64Array(steps).fill(-0);
    this.lost = new Float64Array(steps);
  }

  add(step: number, value: number): void {
    const sum = this.sums[step] as number;
    const total = sum + value;
    if (total === Infinity || total === -Infinity) this.lost[step] = 0;
    else if (Math.abs(sum) >= Math.abs(value)) this.lost[step] = (this.lost[step] as number) + (sum - total + value);
    else this.lost[step] = (this.lost[step] as number) + (value - total + sum);
    this.sums[step] = total;
  }

  /** Prometheus 2 had no losses to add, so that the sign of a zero stayed. */
  result(step: number): number {
    const [sum, lost] = [this.sums[step] as number, this.lost[step] as number];
    return lost === 0 && this.compat === '2.x' ? sum : sum + lost;
  }
}

/** The mean of the sum; where the sum would overflow, one that goes from value to value. */
class Mean implements Reducer {
  private readonly sum: Sum;
  private readonly stepwise: Uint8Array;

  constructor(steps: number, compat: EngineOptions['compat']) {
    this.sum = new Sum(steps, compat);
    this.stepwise = new Uint8Array(steps);
  }

  add(step: number, value: number, count: number): void {
    const { sums, lost } = this.sum;
    if (this.stepwise[step] === 0) {
      const [sum, loss] = [sums[step] as number, lost[step] as number];
      this.sum.add(step, value);
      if (count === 0 || Math.abs(sums[step] as number) !== Infinity) return;
      this.stepwise[step] = 1;
      [sums[step], lost[step]] = [sum / count, loss / count];
    }
    const share = count / (count + 1);
    sums[step] = (sums[step] as number) * share;
    lost[step] = (lost[step] as number) * share;
    this.sum.add(step, value / (count + 1));
  }

  result(step: number, count: number): number {
    const [sum, lost] = [this.sum.sums[step] as number, this.sum.lost[step] as number];
    return this.stepwise[step] === 1 ? sum + lost : sum / count + lost / count;
  }
}

/** Any number beats NaN. */
class Extreme implements Reducer {
  private readonly best: Float64Array;

  constructor(
    steps: number,
    private readonly beats: (value: number, best: number) => boolean,
  ) {
    this.best = new Float64Array(steps);
  }

  add(step: number, value: number, count: number): void {
    const best = this.best[step] as number;
    if (count === 0 || this.beats(value, best) || best !== best) this.best[step] = value;
  }

  result(step: number): number {
    return this.best[step] as number;
  }
}

class Variance implements Reducer {
  private readonly means: Float64Array;
  private readonly squares: Float64Array;

  constructor(
    steps: number,
    private readonly compat: EngineOptions['compat'],
    private readonly finish: (variance: number) => number,
  ) {
    this.means = new Float64Array(steps);
    this.squares = new Float64Array(steps);
  }

  add(step: number, value: number, count: number): void {
    const distance = value - (this.means[step] as number);
    const mean = (this.means[step] as number) + distance / (count + 1);
    this.means[step] = mean;
    // Prometheus 2 took a single value as certain, also one that is no finite number.
    if (count === 0 && this.compat === '2.x') return;
    this.squares[step] = (this.squares[step] as number) + distance * (value - mean);
  }

  result(step: number, count: number): number {
    return this.finish((this.squares[step] as number) / count);
  }
}
