import type { Labels } from '../series/labels.js';

export function valuesByLabel(all: readonly Labels[]): Map<string, Set<string>> {
  const values = new Map<string, Set<string>>();
  for (const labels of all) {
    for (const [name, value] of Object.entries(labels)) values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  return values;
}

export function counted(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

export function bytesOf(values: ReadonlySet<string>): number {
  return [...values].reduce((sum, value) => sum + Buffer.byteLength(value), 0);
}

/** The largest first. */
export function top(entries: Iterable<[string, number]>, limit: number): { name: string; value: number }[] {
  const sorted = [...entries].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return sorted.slice(0, limit).map(([name, value]) => ({ name, value }));
}
