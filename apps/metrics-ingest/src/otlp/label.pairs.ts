import type { LabelPair } from '../ingest/identity.js';
import { labelName } from './naming.js';

/** Attributes as labels; those that become the same one are joined in the order of their names. */
export function labelPairs(attributes: readonly (readonly [string, string])[]): LabelPair[] {
  const labels = new Map<string, string>();
  for (const [name, value] of attributes.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const label = labelName(name);
    const before = labels.get(label);
    labels.set(label, before === undefined ? value : `${before};${value}`);
  }
  return [...labels];
}

/** The later one stays. */
export function withoutDoubles(pairs: readonly LabelPair[]): LabelPair[] {
  return [...new Map(pairs)];
}
