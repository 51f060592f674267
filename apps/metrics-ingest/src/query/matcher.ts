import type { Matcher } from '@scm/promql';
import { labelOf, type Labels } from '../series/labels.js';

export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(({ label, test }) => test(labelOf(labels, label)));
}
