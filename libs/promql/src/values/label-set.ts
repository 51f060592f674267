/** The labels of a series as callers have them; `__name__` is the metric. */
export type Labels = Readonly<Record<string, string>>;

export const METRIC_NAME = '__name__';
/** Labels that say what the numbers mean, which they no longer do once a function has changed them. */
const METADATA: ReadonlySet<string> = new Set([METRIC_NAME, '__type__', '__unit__']);

type Pair = readonly [name: string, value: string];

const known = new WeakMap<Labels, LabelSet>();

/** Labels in the order of their names, without empty values; never changed. */
export class LabelSet {
  static readonly empty = new LabelSet([]);
  private text?: string;
  private bare?: LabelSet;

  private constructor(readonly pairs: readonly Pair[]) {}

  /** Series are asked for again and again with the same object, so its set is kept as long as it lives. */
  static of(labels: Labels): LabelSet {
    const before = known.get(labels);
    if (before) return before;
    const made = LabelSet.from(Object.entries(labels));
    known.set(labels, made);
    return made;
  }

  static from(pairs: readonly Pair[]): LabelSet {
    const kept = pairs.filter(([, value]) => value !== '');
    return kept.length === 0 ? LabelSet.empty : new LabelSet(kept.sort(byName));
  }

  /** The value, or the empty text of a label that is not there. */
  get(name: string): string {
    for (const pair of this.pairs) if (pair[0] === name) return pair[1];
    return '';
  }

  get metric(): string {
    return this.get(METRIC_NAME);
  }

  /** The same text for the same labels. */
  get key(): string {
    this.text ??= this.pairs.map(([name, value]) => sized(name) + sized(value)).join('');
    return this.text;
  }

  /** The same text for the same values of these labels. */
  keyOf(names: readonly string[]): string {
    let text = '';
    for (const name of names) text += sized(this.get(name));
    return text;
  }

  keep(names: ReadonlySet<string>): LabelSet {
    return this.filter((name) => names.has(name));
  }

  drop(names: ReadonlySet<string>): LabelSet {
    return this.filter((name) => !names.has(name));
  }

  /** Without the metric's name, and what else is only true of the metric. */
  get withoutMetric(): LabelSet {
    this.bare ??= this.drop(METADATA);
    return this.bare;
  }

  /** With one label set; an empty value takes it away. */
  with(name: string, value: string): LabelSet {
    return LabelSet.from([...this.pairs.filter((pair) => pair[0] !== name), [name, value]]);
  }

  toRecord(): Labels {
    return Object.fromEntries(this.pairs);
  }

  toString(): string {
    return `{${this.pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
  }

  private filter(wanted: (name: string) => boolean): LabelSet {
    const kept = this.pairs.filter(([name]) => wanted(name));
    if (kept.length === this.pairs.length) return this;
    return kept.length === 0 ? LabelSet.empty : new LabelSet(kept);
  }
}

/** The order of results: label by label, the shorter first. */
export function compareLabels(a: LabelSet, b: LabelSet): number {
  for (let i = 0; i < Math.min(a.pairs.length, b.pairs.length); i++) {
    const [[nameA, valueA], [nameB, valueB]] = [a.pairs[i] as Pair, b.pairs[i] as Pair];
    if (nameA !== nameB) return nameA < nameB ? -1 : 1;
    if (valueA !== valueB) return valueA < valueB ? -1 : 1;
  }
  return a.pairs.length - b.pairs.length;
}

function byName(a: Pair, b: Pair): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}

function sized(text: string): string {
  return `${text.length}:${text}`;
}
