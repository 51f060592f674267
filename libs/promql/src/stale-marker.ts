/**
 * Prometheus's stale marker: the NaN that says that a series ended. Its bits tell it from other NaNs, and a number that
 * passes through a variable may lose them: so markers are written to, looked for in and copied between typed arrays only.
 */
const HIGH = 0x7ff0_0000;
const LOW = 0x0000_0002;

/** Writes the marker at `index`. */
export function markStale(values: Float64Array, index: number): void {
  const words = wordsOf(values, index);
  words[0] = LOW;
  words[1] = HIGH;
}

/** Is the value at `index` the marker? */
export function isStale(values: Float64Array, index: number): boolean {
  const value = values[index];
  // Most values are numbers: their bits need no look.
  if (value === value) return false;
  const words = wordsOf(values, index);
  return words[0] === LOW && words[1] === HIGH;
}

function wordsOf(values: Float64Array, index: number): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset + index * 8, 2);
}
