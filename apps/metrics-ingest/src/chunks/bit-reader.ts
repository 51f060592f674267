/** Reads what a BitWriter wrote; what is missing at the end reads as a RangeError. */
export class BitReader {
  private at = 0;
  private current = 0;
  private left = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** The next `count` bits, 32 at most, as a number without a sign. */
  bits(count: number): number {
    let [value, missing] = [0, count];
    while (missing > 0) {
      if (this.left === 0) this.next();
      const taken = Math.min(missing, this.left);
      this.left -= taken;
      missing -= taken;
      value = (value << taken) | ((this.current >>> this.left) & ((1 << taken) - 1));
    }
    return value >>> 0;
  }

  private next(): void {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError('the bits of a chunk end too early');
    this.current = byte;
    this.left = 8;
  }
}
