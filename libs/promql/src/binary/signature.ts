import type { Column } from '../evaluate/column.js';
import type { Matching } from '../syntax/ast.js';
import { METRIC_NAME, type LabelSet } from '../values/label-set.js';

/** Numbers for what elements are matched by: the same number for the same values of the labels that count. */
export interface Signatures {
  readonly left: Uint32Array;
  readonly right: Uint32Array;
  readonly count: number;
}

export function signaturesOf(left: readonly Column[], right: readonly Column[], matching: Matching): Signatures {
  const numbers = new Map<string, number>();
  const keyOf = matchedKey(matching);
  const number = ({ labels }: Column): number => {
    const key = keyOf(labels);
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  };
  const [ofLeft, ofRight] = [Uint32Array.from(left, number), Uint32Array.from(right, number)];
  return { left: ofLeft, right: ofRight, count: numbers.size };
}

function matchedKey({ on, labels }: Matching): (labels: LabelSet) => string {
  if (on) return (set) => set.keyOf(labels);
  const ignored = new Set([METRIC_NAME, ...labels]);
  return (set) => set.drop(ignored).key;
}

/** The labels by which an element is matched. */
export function matchedLabels(set: LabelSet, { on, labels }: Matching): LabelSet {
  return on ? set.keep(new Set(labels)) : set.drop(new Set([METRIC_NAME, ...labels]));
}
