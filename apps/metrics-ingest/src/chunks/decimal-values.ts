import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6];
/** Up to there a scaled value and its distance to another one are exact. */
const MAX_SCALED = 9e14;
/** One in eight values may be none of the decimals. */
const EXCEPTIONS_SHARE = 8;

let steps = new Float64Array(512);

/**
 * Values as whole numbers of a decimal fraction, as distances between neighbours. What is no such number (NaN, infinities,
 * -0, long fractions) stands apart with its bits. @returns false, with nothing written, when that would be too much of it.
 */
export function writeDecimals(to: ByteWriter, values: Float64Array): boolean {
  const exponent = exponentFor(values);
  if (exponent === undefined) return false;
  const power = POWERS[exponent] ?? 1;
  if (steps.length < values.length) steps = new Float64Array(values.length);
  const exceptions: number[] = [];
  let former = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const isWhole = fits(value, power);
    if (!isWhole) exceptions.push(i);
    const scaled = isWhole ? Math.round(value * power) : former;
    steps[i] = scaled - former;
    former = scaled;
  }
  to.byte(exponent);
  writeExceptions(to, values, exceptions);
  to.signed(steps, values.length);
  return true;
}

export function readDecimals(from: ByteReader, values: Float64Array): void {
  const power = POWERS[from.byte()];
  if (power === undefined) throw new RangeError('a chunk has an unknown scale');
  const exceptions = Array.from({ length: from.unsigned() }, () => [from.unsigned(), from.take(8)] as const);
  from.signed(values, values.length);
  let scaled = 0;
  for (let i = 0; i < values.length; i++) {
    scaled += values[i] ?? 0;
    values[i] = scaled / power;
  }
  const bytes = bytesOf(values);
  for (const [index, bits] of exceptions) bytes.set(bits, index * 8);
}

/** The least exponent that makes nearly all values whole; undefined when there is none. */
function exponentFor(values: Float64Array): number | undefined {
  let [least, misses] = [0, 0];
  for (const value of values) {
    if (fits(value, POWERS[least] ?? 1)) continue;
    // What is whole with an exponent is whole with a greater one too.
    const found = POWERS.findIndex((power, exponent) => exponent > least && fits(value, power));
    if (found >= 0) least = found;
    else if (++misses * EXCEPTIONS_SHARE > values.length) return undefined;
  }
  return least;
}

function fits(value: number, power: number): boolean {
  const scaled = Math.round(value * power);
  if (!(scaled <= MAX_SCALED && scaled >= -MAX_SCALED) || scaled / power !== value) return false;
  return value !== 0 || 1 / value > 0;
}

function writeExceptions(to: ByteWriter, values: Float64Array, exceptions: readonly number[]): void {
  const bytes = bytesOf(values);
  to.unsigned(exceptions.length);
  for (const index of exceptions) {
    to.unsigned(index);
    to.all(bytes.subarray(index * 8, index * 8 + 8));
  }
}

function bytesOf(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
