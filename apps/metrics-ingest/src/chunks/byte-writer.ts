const FIRST_CAPACITY = 4_096;

/** Bytes one after the other, in memory that is used again for the next. */
export class ByteWriter {
  private bytes = new Uint8Array(FIRST_CAPACITY);
  private length = 0;

  clear(): void {
    this.length = 0;
  }

  get size(): number {
    return this.length;
  }

  /** A copy of what was written. */
  toBuffer(): Buffer {
    return Buffer.from(this.bytes.subarray(0, this.length));
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  all(values: Uint8Array): void {
    this.reserve(values.length);
    this.bytes.set(values, this.length);
    this.length += values.length;
  }

  /** A whole number from 0 below 2^53, seven bits a byte, the lowest first. */
  unsigned(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = rest < 0x8000_0000 ? rest >>> 7 : Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  /** Whole numbers within ±2^52 as zig-zag numbers; a run of zeros is a zero and its length. */
  signed(values: Float64Array, count: number): void {
    let zeros = 0;
    for (let i = 0; i < count; i++) {
      const value = values[i] ?? 0;
      if (value === 0) {
        zeros++;
        continue;
      }
      if (zeros > 0) this.zeros(zeros);
      zeros = 0;
      this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
    }
    if (zeros > 0) this.zeros(zeros);
  }

  private zeros(count: number): void {
    this.byte(0);
    this.unsigned(count);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array((this.length + more) * 2);
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
