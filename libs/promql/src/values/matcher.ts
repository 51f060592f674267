import { wholeMatch } from './pattern.js';

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
