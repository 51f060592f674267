export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (values) => percentile(values, 0.5);

/** Runs `work` three times, or as often as told, one after the other. */
export async function repeat(work, times = 3) {
  const results = [];
  for (let index = 0; index < times; index++) results.push(await work(index));
  return results;
}
