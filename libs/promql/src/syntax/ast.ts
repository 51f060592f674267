import type { LabelSet } from '../values/label-set.js';
import type { Matcher } from '../values/matcher.js';

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

/** Where an expression stands in its text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface NumberLiteral extends Span {
  readonly kind: 'number';
  readonly value: number;
  /** Written as a duration such as `5m`; the value is in seconds. */
  readonly isDuration: boolean;
}

export interface StringLiteral extends Span {
  readonly kind: 'string';
  readonly value: string;
}

/** A fixed point in time: Unix milliseconds, or an end of the query's range. */
export type At = number | 'start' | 'end';

/** Seconds, written as a number, a duration or a calculation with the query's own step and range. */
export type Duration = NumberLiteral | DurationCalculation;

export interface DurationCalculation extends Span {
  readonly kind: 'duration';
  readonly operator: '+' | '-' | '*' | '/' | '%' | '^' | 'min_of' | 'max_of' | 'step' | 'range';
  readonly left?: Duration;
  readonly right?: Duration;
  readonly isWrapped: boolean;
}

/** What may follow a selector or a subquery. */
export interface Modifiers {
  readonly offset?: Duration;
  readonly at?: At;
}

export interface VectorSelector extends Span, Modifiers {
  readonly kind: 'vector-selector';
  /** The name that stands before the braces. */
  readonly name?: string;
  readonly matchers: readonly Matcher[];
  /** How values between samples are thought of: `anchored` and `smoothed` are extensions of Prometheus. */
  readonly extension?: 'anchored' | 'smoothed';
}

export interface MatrixSelector extends Span {
  readonly kind: 'matrix-selector';
  readonly selector: VectorSelector;
  readonly range: Duration;
}

export interface Subquery extends Span, Modifiers {
  readonly kind: 'subquery';
  readonly inner: Expr;
  readonly range: Duration;
  readonly step?: Duration;
}

export interface Call extends Span {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
}

export interface Grouping {
  readonly without: boolean;
  readonly labels: readonly string[];
}

export interface Aggregate extends Span {
  readonly kind: 'aggregate';
  readonly operator: string;
  readonly param?: Expr;
  readonly inner: Expr;
  /** Absent when neither `by` nor `without` is written. */
  readonly grouping?: Grouping;
}

export interface Matching {
  /** `on` rather than `ignoring`. */
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly group?: 'left' | 'right';
  readonly include: readonly string[];
  readonly fillLeft?: number;
  readonly fillRight?: number;
}

export interface Binary extends Span {
  readonly kind: 'binary';
  readonly operator: string;
  readonly left: Expr;
  readonly right: Expr;
  readonly isBool: boolean;
  readonly matching: Matching;
}

export interface Unary extends Span {
  readonly kind: 'unary';
  readonly operator: '+' | '-';
  readonly inner: Expr;
}

export interface Paren extends Span {
  readonly kind: 'paren';
  readonly inner: Expr;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregate
  | Binary
  | Unary
  | Paren;

/** A series as it is given to the engine: samples in the order of time, stale markers among them. */
export interface InputSeries {
  readonly labels: LabelSet;
  readonly times: Float64Array;
  readonly values: Float64Array;
}
