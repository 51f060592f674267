import { invalidField } from '@scm/contracts';
import { Scanner, SyntaxFault } from './scanner.js';
import { readSelector, type Selector } from './selector.js';

const OPERATOR = /(?:==|!=|<=|>=|[+\-*/%^<>]|(?:and|or|unless|atan2)\b)/iy;

/** Reads a query that is one selector; throws INVALID_ARGUMENT that names the field and what is not supported. */
export function parseQuery(field: string, text: string): Selector {
  return parseField(field, text, (scanner) => {
    const selector = readSelector(scanner);
    const operator = scanner.peek(OPERATOR);
    if (operator) scanner.fail(`the operator ${operator} is not supported yet`);
    if (!scanner.atEnd) scanner.fail(`the end is expected, found ${scanner.found()}`);
    return selector;
  });
}

/** Reads a selector without a range. */
export function parseSeriesSelector(field: string, text: string): Selector {
  const selector = parseQuery(field, text);
  if (selector.rangeMs !== undefined) throw invalidField(field, 'a selector without a range is expected');
  return selector;
}

/** Runs a reader over a field's text and turns its faults into INVALID_ARGUMENT. */
export function parseField<T>(field: string, text: string, read: (scanner: Scanner) => T): T {
  try {
    return read(new Scanner(text));
  } catch (error) {
    if (error instanceof SyntaxFault) throw invalidField(field, error.message);
    throw error;
  }
}
