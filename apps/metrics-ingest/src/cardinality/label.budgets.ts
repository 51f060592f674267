import type { Identity } from '../ingest/identity.js';
import { keyOf, labelOf, type Labels } from '../series/labels.js';
import { hashOf } from './value.hash.js';

/** What stands for all values beyond those that a label of a metric may have. */
export const OVERFLOW = '__overflow__';

/** A label that has too many values. */
export interface Overflow {
  metric: string;
  label: string;
  /** How often a series that was not known came with a further value. */
  folded: number;
  sinceMs: number;
}

/** Values of all labels that are remembered, about 50 bytes each. */
const MAX_VALUES = 2_000_000;
const MAX_SHOWN = 1_000;
const MAX_FOLDED = 10_000;

/** The label values of one workspace, as hashes, counted against the budget of each label of each metric. */
export class LabelBudgets {
  readonly overflows = new Map<string, Overflow>();
  private readonly seen = new Map<string, Set<number>>();
  private readonly folded = new Map<string, Identity>();
  private values = 0;

  constructor(private readonly maxValues: number) {}

  /** Counts the labels of a series that there is. */
  count(labels: Labels): void {
    const metric = labelOf(labels, '__name__');
    for (const [label, value] of Object.entries(labels)) {
      if (label !== '__name__') this.has(metric, label, value);
    }
  }

  /** The same series, or, where it has values beyond a budget, the one that stands for all such. */
  fold(identity: Identity): Identity {
    const metric = labelOf(identity.labels, '__name__');
    const beyond = Object.entries(identity.labels)
      .filter(([label, value]) => label !== '__name__' && !this.has(metric, label, value))
      .map(([label]) => label);
    return beyond.length === 0 ? identity : this.foldedOf(identity, metric, beyond);
  }

  private foldedOf({ labels }: Identity, metric: string, beyond: string[]): Identity {
    for (const label of beyond) this.note(metric, label);
    const rest = Object.fromEntries(beyond.map((label) => [label, OVERFLOW]));
    const made = { ...labels, ...rest };
    const key = keyOf(made);
    const known = this.folded.get(key) ?? { key, labels: made, folded: beyond };
    if (this.folded.size < MAX_FOLDED) this.folded.set(key, known);
    return known;
  }

  /** Whether a value is one of those within the budget; while there is room it becomes one. */
  private has(metric: string, label: string, value: string): boolean {
    if (value === OVERFLOW) return true;
    const key = `${metric}\0${label}`;
    const seen = this.seen.get(key) ?? new Set<number>();
    const hash = hashOf(value);
    if (seen.has(hash)) return true;
    if (seen.size >= this.maxValues) return false;
    // Beyond what is remembered the limit of the series still holds.
    if (this.values >= MAX_VALUES) return true;
    this.values++;
    this.seen.set(key, seen.add(hash));
    return true;
  }

  private note(metric: string, label: string): void {
    const key = `${metric}\0${label}`;
    const known = this.overflows.get(key);
    if (known) known.folded++;
    else if (this.overflows.size < MAX_SHOWN)
      this.overflows.set(key, { metric, label, folded: 1, sinceMs: Date.now() });
  }
}
