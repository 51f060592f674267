import { isUtf8 } from 'node:buffer';
import { ServiceError } from '@scm/contracts';

/** What no text may hold: bytes that are no UTF-8 become this, and are refused where texts are judged. */
const NO_TEXT = '\ud800';
/** However small the parts of a message are: each becomes an object, which takes a hundred times as much. */
const MAX_PARTS = 400_000;
const STALE_HIGH = 0x7ff0_0000;
const STALE_LOW = 0x0000_0002;

/**
 * Reads protobuf by hand, on the bytes: the walk of a message is a loop over `tag()` until its `end`. What is cut off or
 * is no protobuf throws INVALID_ARGUMENT.
 */
export class ProtoReader {
  pos = 0;
  private readonly view: DataView;
  private parts = 0;

  constructor(readonly bytes: Buffer) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Field number times eight plus wire type. */
  tag(): number {
    const tag = this.varint();
    if (tag < 8 || tag > 0xffff_ffff) throw malformed();
    return tag;
  }

  /** Unsigned; exact up to 2^53. */
  varint(): number {
    let byte = this.next();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let factor = 128; factor < 2 ** 64; factor *= 128) {
      byte = this.next();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw malformed();
  }

  /** In two halves of five bytes, since a small negative number is a very large one without its sign. */
  int64(): number {
    const [low, isAll] = this.half();
    if (isAll) return low;
    const [high] = this.half();
    return low + (high >= 2 ** 28 ? high - 2 ** 29 : high) * 2 ** 35;
  }

  sint32(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    const at = this.move(8);
    return this.view.getFloat64(at, true);
  }

  /** Whether the double that comes next is the stale marker: as a number its bits may be lost. */
  isStaleNext(): boolean {
    const { pos, view } = this;
    if (pos + 8 > view.byteLength) throw malformed();
    return view.getUint32(pos + 4, true) === STALE_HIGH && view.getUint32(pos, true) === STALE_LOW;
  }

  /** Nanoseconds since 1970 as whole milliseconds. */
  fixed64Millis(): number {
    const at = this.move(8);
    const [low, high] = [this.view.getUint32(at, true), this.view.getUint32(at + 4, true)];
    // 2^32 ns are 4294.967296 ms; in two parts, since the whole is no exact number.
    return high * 4_294 + Math.floor((high * 967_296 + low) / 1_000_000);
  }

  /** Exact up to 2^53. */
  fixed64(): number {
    const at = this.move(8);
    return this.view.getUint32(at + 4, true) * 2 ** 32 + this.view.getUint32(at, true);
  }

  sfixed64(): number {
    const at = this.move(8);
    return this.view.getInt32(at + 4, true) * 2 ** 32 + this.view.getUint32(at, true);
  }

  /** Of a field with a length: where it ends. It begins at `pos`. */
  end(): number {
    const length = this.varint();
    const end = this.pos + length;
    if (end > this.bytes.length) throw malformed();
    if (++this.parts > MAX_PARTS) throw tooMany();
    return end;
  }

  text(): string {
    const end = this.end();
    return this.textTo(end);
  }

  textTo(end: number): string {
    const part = this.bytes.subarray(this.pos, end);
    this.pos = end;
    return isUtf8(part) ? part.toString('utf8') : NO_TEXT;
  }

  skip(tag: number): void {
    const type = tag & 7;
    if (type === 0) this.varint();
    else if (type === 1) this.move(8);
    else if (type === 2) this.pos = this.end();
    else if (type === 5) this.move(4);
    else throw malformed();
  }

  /** Moves on to the end of a message; one that was read beyond it is broken. */
  leave(end: number): void {
    if (this.pos !== end) throw malformed();
  }

  private half(): [value: number, isAll: boolean] {
    let value = 0;
    for (let i = 0; i < 5; i++) {
      const byte = this.next();
      value += (byte & 0x7f) * 128 ** i;
      if (byte < 0x80) return [value, true];
    }
    return [value, false];
  }

  private next(): number {
    const byte = this.bytes[this.pos++];
    if (byte === undefined) throw malformed();
    return byte;
  }

  private move(bytes: number): number {
    const at = this.pos;
    this.pos += bytes;
    if (this.pos > this.bytes.length) throw malformed();
    return at;
  }
}

function malformed(): ServiceError {
  return new ServiceError('INVALID_ARGUMENT', 'the body is no protobuf message of the declared type');
}

function tooMany(): ServiceError {
  return new ServiceError('PAYLOAD_TOO_LARGE', `the body has more than ${MAX_PARTS} parts: send it in several`);
}
