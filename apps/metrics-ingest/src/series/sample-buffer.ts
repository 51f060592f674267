import { copyValue } from './copy-value.js';

/** Samples between two times, oldest first. Values are copied with their bits: a stale marker is among them. */
export interface SampleSlice {
  times: Float64Array;
  values: Float64Array;
}

const FIRST_CAPACITY = 16;
const BYTES_PER_SAMPLE = 16;

/** The samples of one series in the order of time, one for each time. */
export class SampleBuffer {
  private times = new Float64Array(FIRST_CAPACITY);
  private values = new Float64Array(FIRST_CAPACITY);
  private start = 0;
  private end = 0;

  get length(): number {
    return this.end - this.start;
  }

  get bytes(): number {
    return this.times.byteLength + this.values.byteLength;
  }

  /**
   * Takes `values[index]`; a later value for the same time replaces the former one.
   * @returns by how many bytes the buffer grew.
   */
  add(time: number, values: Float64Array | readonly number[], index: number): number {
    const at = this.indexAfter(time);
    if (at > this.start && this.times[at - 1] === time) {
      copyValue(values, index, this.values, at - 1);
      return 0;
    }
    const capacity = this.times.length;
    const moved = this.makeRoom(at);
    this.times[moved] = time;
    copyValue(values, index, this.values, moved);
    return capacity === this.times.length ? 0 : (this.times.length - capacity) * BYTES_PER_SAMPLE;
  }

  /** Forgets what is older than `time`. */
  dropBefore(time: number): void {
    while (this.start < this.end && (this.times[this.start] ?? time) < time) this.start++;
    if (this.length * 4 < this.times.length && this.times.length > FIRST_CAPACITY) this.resize(this.length * 2);
  }

  /** The samples after `from` up to and with `to`: views that hold until the next change. */
  between(from: number, to: number): SampleSlice {
    const [first, last] = [this.indexAfter(from), this.indexAfter(to)];
    return { times: this.times.subarray(first, last), values: this.values.subarray(first, last) };
  }

  last(): { time: number; value: number } | undefined {
    if (this.length === 0) return undefined;
    return { time: this.times[this.end - 1] ?? 0, value: this.values[this.end - 1] ?? 0 };
  }

  /** Index of the first sample later than `time`; samples mostly come in order, so the end is looked at first. */
  private indexAfter(time: number): number {
    if (this.length === 0 || (this.times[this.end - 1] ?? 0) <= time) return this.end;
    let [low, high] = [this.start, this.end];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.times[middle] ?? 0) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Opens a gap before index `at` and gives its index, which growing may have moved. */
  private makeRoom(at: number): number {
    let index = at;
    if (this.end === this.times.length) {
      index -= this.start;
      this.resize(Math.max(FIRST_CAPACITY, this.length * 2));
    }
    this.times.copyWithin(index + 1, index, this.end);
    this.values.copyWithin(index + 1, index, this.end);
    this.end++;
    return index;
  }

  private resize(capacity: number): void {
    const { times, values } = this;
    const size = Math.max(FIRST_CAPACITY, capacity);
    this.times = new Float64Array(size);
    this.values = new Float64Array(size);
    this.times.set(times.subarray(this.start, this.end));
    this.values.set(values.subarray(this.start, this.end));
    this.end -= this.start;
    this.start = 0;
  }
}
