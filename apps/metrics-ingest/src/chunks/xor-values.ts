import { BitReader } from './bit-reader.js';
import { BitWriter } from './bit-writer.js';
import type { ByteWriter } from './byte-writer.js';

/** Values whose bits changed within the same window as before need no new window. */
interface Window {
  /** Equal bits before and behind those that changed, of 64. */
  leading: number;
  trailing: number;
}

const MAX_LEADING = 31;

/**
 * Values by the bits in which each differs from the former one (T. Pelkonen and others, Gorilla: a fast, scalable, in-memory
 * time series database, 2015, 4.1.2): for fractions without end, whatever their bits.
 */
export function writeXors(to: ByteWriter, values: Float64Array): void {
  const [bits, words] = [new BitWriter(to), wordsOf(values)];
  let window: Window | undefined;
  let [formerHigh, formerLow] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const [low, high] = [words[2 * i] ?? 0, words[2 * i + 1] ?? 0];
    const [xorHigh, xorLow] = [(high ^ formerHigh) >>> 0, (low ^ formerLow) >>> 0];
    [formerHigh, formerLow] = [high, low];
    if (xorHigh === 0 && xorLow === 0) {
      bits.bits(0, 1);
      continue;
    }
    const own = windowOf(xorHigh, xorLow);
    if (window && own.leading >= window.leading && own.trailing >= window.trailing) bits.bits(0b10, 2);
    else {
      window = own;
      bits.bits(0b11, 2);
      bits.bits(own.leading, 5);
      // All 64 read as 0.
      bits.bits(64 - own.leading - own.trailing, 6);
    }
    writeWindow(bits, xorHigh, xorLow, window);
  }
  bits.end();
}

export function readXors(from: Uint8Array, values: Float64Array): void {
  const [bits, words] = [new BitReader(from), wordsOf(values)];
  let window: Window = { leading: 0, trailing: 0 };
  let [high, low] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (bits.bits(1) === 1) {
      if (bits.bits(1) === 1) {
        const leading = bits.bits(5);
        window = { leading, trailing: 64 - leading - (bits.bits(6) || 64) };
      }
      const xor = readWindow(bits, window);
      high ^= xor.high;
      low ^= xor.low;
    }
    words[2 * i] = low;
    words[2 * i + 1] = high;
  }
}

function windowOf(high: number, low: number): Window {
  const leading = Math.min(MAX_LEADING, high === 0 ? 32 + Math.clz32(low) : Math.clz32(high));
  const trailing = low === 0 ? 32 + trailingZeros(high) : trailingZeros(low);
  return { leading, trailing };
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

function writeWindow(bits: BitWriter, high: number, low: number, { leading, trailing }: Window): void {
  if (trailing >= 32) return bits.bits(high >>> (trailing - 32), 64 - leading - trailing);
  bits.bits(high, 32 - leading);
  bits.bits(low >>> trailing, 32 - trailing);
}

function readWindow(bits: BitReader, { leading, trailing }: Window): { high: number; low: number } {
  if (trailing >= 32) return { high: bits.bits(64 - leading - trailing) << (trailing - 32), low: 0 };
  return { high: bits.bits(32 - leading), low: bits.bits(32 - trailing) << trailing };
}

/** The low word of each value, then its high one: no variable may touch the bits of a NaN. */
function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}
