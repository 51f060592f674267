import { put, type Column } from '../evaluate/column.js';
import { mergeEqual } from '../evaluate/merge-equal.js';
import type { Scope } from '../evaluate/scope.js';
import type { Binary, Matching } from '../syntax/ast.js';
import { arithmeticOperators } from '../syntax/operators.js';
import { PromqlError } from '../syntax/promql-error.js';
import type { LabelSet } from '../values/label-set.js';
import { binaryOperators, type BinaryOperator } from './arithmetic.js';
import { matchedLabels, signaturesOf } from './signature.js';

/** An operator between the matching elements of two vectors. */
export function vectorVector(expr: Binary, left: readonly Column[], right: readonly Column[], scope: Scope): Column[] {
  return new Join(expr, left, right, scope).columns();
}

/** What two matching series make: its labels, and the last step at which they were made. */
interface Pair {
  readonly column: Column;
  readonly mark: { step: number };
}

/** Matches step by step. The "one" side is the right one, unless `group_right` makes it the left. */
class Join {
  private readonly matching: Matching;
  private readonly isSwapped: boolean;
  private readonly many: readonly Column[];
  private readonly one: readonly Column[];
  private readonly manySignatures: Uint32Array;
  private readonly oneSignatures: Uint32Array;
  private readonly count: number;
  private readonly pairs = new Map<number, Pair>();
  /** What each element of the "many" side was matched with last, which seldom changes from step to step. */
  private readonly last: ({ one: number; pair: Pair } | undefined)[] = [];
  private readonly made = new Map<string, Column>();
  private readonly marks = new Map<string, { step: number }>();
  private readonly apply: BinaryOperator;

  constructor(
    private readonly expr: Binary,
    left: readonly Column[],
    right: readonly Column[],
    private readonly scope: Scope,
  ) {
    this.matching = expr.matching;
    this.isSwapped = expr.matching.group === 'right';
    const signatures = signaturesOf(left, right, expr.matching);
    [this.many, this.one] = this.isSwapped ? [right, left] : [left, right];
    [this.manySignatures, this.oneSignatures] = this.isSwapped
      ? [signatures.right, signatures.left]
      : [signatures.left, signatures.right];
    this.count = signatures.count;
    this.apply = binaryOperators.get(expr.operator) as BinaryOperator;
  }

  columns(): Column[] {
    const oneAt = new Int32Array(this.count);
    const matched = new Uint8Array(this.count);
    for (let step = 0; step < this.scope.steps; step++) {
      this.scope.run.budget.check();
      if (!this.mayMatch(step)) continue;
      this.placeOnes(oneAt, step);
      matched.fill(0);
      this.joinMany(oneAt, matched, step);
      if (this.fillFor('many') !== undefined) this.joinUnmatched(matched, step);
    }
    const kept = [...this.made.values()].filter(({ present }) => present.includes(1));
    return mergeEqual(kept);
  }

  /** Where a side is empty nothing matches, and duplicates on the other do not matter. */
  private mayMatch(step: number): boolean {
    const isThere = ({ present }: Column): boolean => present[step] === 1;
    if (this.fillFor('many') !== undefined || this.fillFor('one') !== undefined) return true;
    return this.many.some(isThere) && this.one.some(isThere);
  }

  /** The element of the "one" side for each signature at a step, or -1. */
  private placeOnes(oneAt: Int32Array, step: number): void {
    oneAt.fill(-1);
    for (let i = 0; i < this.one.length; i++) {
      if (this.one[i]?.present[step] !== 1) continue;
      const signature = this.oneSignatures[i] as number;
      if (oneAt[signature] !== -1) throw this.duplicate(i, oneAt[signature] as number);
      oneAt[signature] = i;
    }
  }

  private joinMany(oneAt: Int32Array, matched: Uint8Array, step: number): void {
    const fill = this.fillFor('one');
    for (let i = 0; i < this.many.length; i++) {
      const many = this.many[i] as Column;
      if (many.present[step] !== 1) continue;
      const signature = this.manySignatures[i] as number;
      const at = oneAt[signature] as number;
      if (at === -1 && fill === undefined) continue;
      const one = at === -1 ? (fill as number) : ((this.one[at] as Column).values[step] as number);
      if (this.isLenient && !this.gives(many.values[step] as number, one)) continue;
      if (this.matching.group === undefined && matched[signature] === 1) {
        throw new PromqlError(
          'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
        );
      }
      matched[signature] = 1;
      this.join(this.pairOf(i, at), many.values[step] as number, one, step);
    }
  }

  private joinUnmatched(matched: Uint8Array, step: number): void {
    const fill = this.fillFor('many') as number;
    for (let i = 0; i < this.one.length; i++) {
      const one = this.one[i] as Column;
      if (one.present[step] !== 1 || matched[this.oneSignatures[i] as number] === 1) continue;
      this.join(this.pairOf(-1, i), fill, one.values[step] as number, step);
    }
  }

  /** Prometheus 2 let pairs that a comparison leaves out match as often as they liked. */
  private get isLenient(): boolean {
    return this.scope.run.options.compat === '2.x';
  }

  private gives(many: number, one: number): boolean {
    const { compare } = this.apply;
    return this.expr.isBool || !compare || (this.isSwapped ? compare(one, many) : compare(many, one));
  }

  private join({ column, mark }: Pair, many: number, one: number, step: number): void {
    if (this.matching.group !== undefined) {
      if (mark.step === step) {
        throw new PromqlError('multiple matches for labels: grouping labels must ensure unique matches');
      }
      mark.step = step;
    }
    const [a, b] = this.isSwapped ? [one, many] : [many, one];
    const { compute, compare } = this.apply;
    if (compute) this.keep(column, step, compute(a, b));
    else if (this.expr.isBool) this.keep(column, step, compare?.(a, b) ? 1 : 0);
    else if (compare?.(a, b)) this.keep(column, step, a);
  }

  private keep(column: Column, step: number, value: number): void {
    if (column.present[step] === 1) throw new PromqlError('vector cannot contain metrics with the same labelset');
    put(column, step, value);
  }

  /** As Prometheus has it, `fill_left` is for the "many" side, also where `group_right` puts that on the right. */
  private fillFor(side: 'many' | 'one'): number | undefined {
    return side === 'many' ? this.matching.fillLeft : this.matching.fillRight;
  }

  private pairOf(many: number, one: number): Pair {
    const last = many === -1 ? undefined : this.last[many];
    if (last?.one === one) return last.pair;
    const pair = this.findPair(many, one);
    if (many !== -1) this.last[many] = { one, pair };
    return pair;
  }

  private findPair(many: number, one: number): Pair {
    const key = many * (this.one.length + 1) + one + 1;
    const known = this.pairs.get(key);
    if (known) return known;
    const labels = this.labelsOf(many, one);
    const column = this.made.get(labels.key) ?? this.scope.column(labels, this.expr.isBool);
    this.made.set(labels.key, column);
    const signature = many === -1 ? this.oneSignatures[one] : this.manySignatures[many];
    const markKey = `${signature} ${labels.key}`;
    const mark = this.marks.get(markKey) ?? { step: -1 };
    this.marks.set(markKey, mark);
    const pair = { column, mark };
    this.pairs.set(key, pair);
    return pair;
  }

  private labelsOf(many: number, one: number): LabelSet {
    const [ofMany, ofOne] = [this.many[many]?.labels, this.one[one]?.labels];
    const matched = (other: LabelSet | undefined) => matchedLabels(other as LabelSet, this.matching);
    let labels = ofMany ?? matched(ofOne);
    const source = ofOne ?? matched(ofMany);
    const changes = arithmeticOperators.has(this.expr.operator);
    if (changes || (this.expr.isBool && !this.scope.run.options.delayedNameRemoval)) labels = labels.withoutMetric;
    if (this.matching.group === undefined) {
      const names = new Set(this.matching.labels);
      labels = this.matching.on ? labels.keep(names) : labels.drop(names);
    }
    for (const name of this.matching.include) labels = labels.with(name, source.get(name));
    return labels;
  }

  private duplicate(one: number, other: number): PromqlError {
    const labels = [one, other].map((i) => (this.one[i] as Column).labels);
    const group = matchedLabels(labels[0] as LabelSet, this.matching).toString();
    const side = this.isSwapped ? 'left' : 'right';
    const both = labels.map(String).sort().join(', ');
    return new PromqlError(
      `found duplicate series for the match group ${group} on the ${side} hand-side of the operation: [${both}]` +
        ';many-to-many matching not allowed: matching labels must be unique on one side',
    );
  }
}
