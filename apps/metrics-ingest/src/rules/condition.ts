import { invalidField } from '@scm/contracts';
import { parseQuery, typeOf, type QueryResult } from '@scm/promql';
import type { ParsedQuery } from '../query/query-engine.js';
import { readField } from '../query/query-fault.js';
import type { Match } from './judge.js';

/** Reads a rule's `expr`; throws INVALID_ARGUMENT that names it. */
export function parseCondition(source: string): ParsedQuery {
  const expr = readField('expr', () => parseQuery(source));
  const type = typeOf(expr);
  if (type !== 'vector' && type !== 'scalar') throw invalidField('expr', 'must give an instant vector or a scalar');
  return { source, expr };
}

/** Every element that a condition gives is a reason to alert; a number is one without labels. */
export function matchesOf(result: QueryResult): Match[] {
  if (result.type === 'vector') return [...result.samples];
  return result.type === 'scalar' ? [{ labels: {}, value: result.value }] : [];
}
