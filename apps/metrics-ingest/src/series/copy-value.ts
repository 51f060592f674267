/** Copies one value with its bits, which tell a stale marker from other NaNs and which a variable may lose. */
export function copyValue(from: Float64Array | readonly number[], index: number, to: Float64Array, at: number): void {
  const value = from[index] ?? 0;
  if (value === value || !(from instanceof Float64Array)) to[at] = value;
  else to.set(from.subarray(index, index + 1), at);
}
