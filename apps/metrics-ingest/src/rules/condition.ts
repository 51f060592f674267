import { parseField } from '../query/query-text.js';
import { readSelector, type Selector } from '../query/selector.js';

const OPERATORS = {
  '>': (value: number, bound: number) => value > bound,
  '<': (value: number, bound: number) => value < bound,
  '>=': (value: number, bound: number) => value >= bound,
  '<=': (value: number, bound: number) => value <= bound,
  '==': (value: number, bound: number) => value === bound,
  '!=': (value: number, bound: number) => value !== bound,
} as const;

/** What a rule's `expr` says: series, and when their present value is a reason to alert. */
export interface Condition {
  readonly selector: Selector;
  readonly holds: (value: number) => boolean;
}

const NUMBER = /[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf)(?![\w.])/iy;

/** Reads `selector op number`; throws INVALID_ARGUMENT that names `expr`. */
export function parseCondition(expr: string): Condition {
  return parseField('expr', expr, (scanner) => {
    const selector = readSelector(scanner);
    if (selector.rangeMs !== undefined) scanner.fail('a selector without a range is expected');
    const operator = scanner.expect(/>=|<=|==|!=|>|</y, 'one of > < >= <= == !=');
    if (scanner.peek(/bool\b/y)) scanner.fail('the modifier bool is not supported yet');
    const number = scanner.expect(NUMBER, 'a number');
    if (!scanner.atEnd)
      scanner.fail(`the end is expected, found ${scanner.found()}: more than one comparison is not supported yet`);
    const bound = Number(number.replace(/inf/i, 'Infinity'));
    const compare = OPERATORS[operator as keyof typeof OPERATORS];
    return { selector, holds: (value) => compare(value, bound) };
  });
}
