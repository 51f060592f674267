import type { Column } from '../evaluate/column.js';
import { mergeEqual } from '../evaluate/merge-equal.js';
import type { Scope } from '../evaluate/scope.js';
import type { Binary } from '../syntax/ast.js';
import { signaturesOf } from './signature.js';

/** `and`, `or` and `unless`: whole elements, by whether there is one that matches on the other side. */
export function setOperation(
  { operator, matching }: Binary,
  left: readonly Column[],
  right: readonly Column[],
  { steps }: Scope,
): Column[] {
  const signatures = signaturesOf(left, right, matching);
  if (operator === 'or') {
    const has = presence(left, signatures.left, signatures.count, steps);
    return mergeEqual([...left, ...masked(right, signatures.right, has, steps, 0)]);
  }
  const has = presence(right, signatures.right, signatures.count, steps);
  return masked(left, signatures.left, has, steps, operator === 'and' ? 1 : 0);
}

/** 1 for each signature and step where an element has it. */
function presence(columns: readonly Column[], signatures: Uint32Array, count: number, steps: number): Uint8Array {
  const has = new Uint8Array(count * steps);
  columns.forEach(({ present }, i) => {
    const base = (signatures[i] as number) * steps;
    for (let step = 0; step < steps; step++) if (present[step] === 1) has[base + step] = 1;
  });
  return has;
}

/** The elements at those steps where their signature is there, or is not. */
function masked(
  columns: readonly Column[],
  signatures: Uint32Array,
  has: Uint8Array,
  steps: number,
  wanted: 0 | 1,
): Column[] {
  return columns.flatMap((column, i) => {
    const base = (signatures[i] as number) * steps;
    const present = column.present.map((one, step) => (one === 1 && has[base + step] === wanted ? 1 : 0));
    return present.includes(1) ? [{ ...column, present }] : [];
  });
}
