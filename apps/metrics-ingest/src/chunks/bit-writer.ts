import type { ByteWriter } from './byte-writer.js';

/** Bits one after the other, the highest first, into bytes. */
export class BitWriter {
  private pending = 0;
  private room = 8;

  constructor(private readonly to: ByteWriter) {}

  /** The low `count` bits of a value, 32 at most. */
  bits(value: number, count: number): void {
    let left = count;
    while (left > 0) {
      const taken = Math.min(left, this.room);
      left -= taken;
      this.pending = (this.pending << taken) | ((value >>> left) & ((1 << taken) - 1));
      this.room -= taken;
      if (this.room === 0) this.next();
    }
  }

  end(): void {
    if (this.room === 8) return;
    this.pending <<= this.room;
    this.next();
  }

  private next(): void {
    this.to.byte(this.pending);
    this.pending = 0;
    this.room = 8;
  }
}
