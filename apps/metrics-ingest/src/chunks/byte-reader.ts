/** Reads what a ByteWriter wrote. Throws RangeError where the bytes end too early. */
export class ByteReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  byte(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new RangeError('the bytes of a chunk end too early');
    return value;
  }

  take(count: number): Uint8Array {
    const taken = this.bytes.subarray(this.at, this.at + count);
    if (taken.length < count) throw new RangeError('the bytes of a chunk end too early');
    this.at += count;
    return taken;
  }

  rest(): Uint8Array {
    return this.bytes.subarray(this.at);
  }

  unsigned(): number {
    let byte = this.byte();
    if (byte < 0x80) return byte;
    let [value, scale] = [byte & 0x7f, 0x80];
    do {
      byte = this.byte();
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  signed(values: Float64Array, count: number): void {
    for (let i = 0; i < count;) {
      const value = this.unsigned();
      if (value !== 0) {
        values[i++] = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
        continue;
      }
      const end = i + this.unsigned();
      if (end > count) throw new RangeError('a chunk holds more samples than its row says');
      values.fill(0, i, end);
      i = end;
    }
  }
}
