import { parseSelector, type Matcher } from '@scm/promql';
import { readField } from './query-fault.js';

/** Which series are meant. */
export interface Selector {
  readonly matchers: readonly Matcher[];
  /** The metric, when one is named exactly. */
  readonly name?: string;
}

/** Reads a selector without a range; throws INVALID_ARGUMENT that names the field. */
export function parseSeriesSelector(field: string, text: string): Selector {
  const { matchers } = readField(field, () => parseSelector(text));
  const name = matchers.find(({ label, operator }) => label === '__name__' && operator === '=')?.value;
  return { matchers, ...(name !== undefined && { name }) };
}
