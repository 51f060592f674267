const DAY_MS = 86_400_000;

/** Where a chunk is kept: every tier has partitions of its own, which are dropped when they are too old. */
export const RAW_TIER = 0;

/** The partition that holds `timeMs`. */
export function partitionAt(timeMs: number): { fromMs: number; toMs: number } {
  const fromMs = timeMs - (timeMs % DAY_MS);
  return { fromMs, toMs: fromMs + DAY_MS };
}

/** Every partition with times from the one to the other. */
export function partitionsBetween(fromMs: number, toMs: number): { fromMs: number; toMs: number }[] {
  const found = [];
  for (let at = fromMs; at <= toMs;) {
    const partition = partitionAt(at);
    found.push(partition);
    at = partition.toMs;
  }
  return found;
}
