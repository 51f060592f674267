import { KahanSum } from './kahan.js';

/** A mean of values that come one after the other: of their sum, or, once that would overflow, step by step. */
export class KahanMean {
  private readonly sum: KahanSum;
  private count = 1;
  private stepwise = false;

  constructor(first: number) {
    this.sum = new KahanSum(first);
  }

  add(value: number): void {
    this.count++;
    if (!this.stepwise) {
      const { sum, lost } = this.sum;
      this.sum.add(value);
      if (this.sum.sum !== Infinity && this.sum.sum !== -Infinity) return;
      this.stepwise = true;
      this.sum.sum = sum / (this.count - 1);
      this.sum.lost = lost / (this.count - 1);
    }
    const share = (this.count - 1) / this.count;
    this.sum.sum *= share;
    this.sum.lost *= share;
    this.sum.add(value / this.count);
  }

  get mean(): number {
    const { sum, lost } = this.sum;
    return this.stepwise ? sum + lost : sum / this.count + lost / this.count;
  }
}
