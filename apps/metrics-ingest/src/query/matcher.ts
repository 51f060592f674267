import { RE2JS } from 're2js';
import { labelOf, type Labels } from '../series/labels.js';

export const matchOperators = ['=', '!=', '=~', '!~'] as const;
export type MatchOperator = (typeof matchOperators)[number];

/** One condition on one label. */
export interface Matcher {
  readonly label: string;
  readonly operator: MatchOperator;
  readonly value: string;
  /** Whether a label value meets the condition; a missing label is empty. */
  readonly test: (value: string) => boolean;
}

/** Patterns run in linear time (RE2) and must match the whole value. Throws for a pattern that is none. */
export function matcherOf(label: string, operator: MatchOperator, value: string): Matcher {
  return { label, operator, value, test: testOf(operator, value) };
}

export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(({ label, test }) => test(labelOf(labels, label)));
}

function testOf(operator: MatchOperator, value: string): (value: string) => boolean {
  switch (operator) {
    case '=':
      return (text) => text === value;
    case '!=':
      return (text) => text !== value;
    case '=~':
      return wholeMatch(value);
    case '!~': {
      const matches = wholeMatch(value);
      return (text) => !matches(text);
    }
    default: {
      const exhausted: never = operator;
      return exhausted;
    }
  }
}

const MAX_PATTERN = 1_024;
const MAX_REPEATS = 1_000;
const MAX_KNOWN = 10_000;

/** Many series share a label value, so each value is judged once. */
function wholeMatch(pattern: string): (value: string) => boolean {
  assertSmall(pattern);
  const compiled = RE2JS.compile(pattern, RE2JS.DOTALL);
  const known = new Map<string, boolean>();
  return (value) => {
    const before = known.get(value);
    if (before !== undefined) return before;
    if (known.size >= MAX_KNOWN) known.clear();
    const result = compiled.testExact(value);
    known.set(value, result);
    return result;
  };
}

/** Counted repeats are written out when compiled, so their sum bounds the memory a pattern takes. */
function assertSmall(pattern: string): void {
  if (pattern.length > MAX_PATTERN) throw new RangeError(`the pattern is longer than ${MAX_PATTERN} characters`);
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, least, most]) => Number(most || least));
  if (counts.reduce((sum, count) => sum + count, 0) > MAX_REPEATS) {
    throw new RangeError(`the pattern repeats more than ${MAX_REPEATS} times`);
  }
}
