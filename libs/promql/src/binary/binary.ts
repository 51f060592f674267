import type { Column } from '../evaluate/column.js';
import type { Scope } from '../evaluate/scope.js';
import type { Binary } from '../syntax/ast.js';
import { histogramOperators, setOperators } from '../syntax/operators.js';
import { typeOf } from '../syntax/types.js';
import { setOperation } from './set.js';
import { vectorScalar } from './vector-scalar.js';
import { vectorVector } from './vector-vector.js';

/** An operator of which at least one side is a vector. */
export function evaluateBinary(expr: Binary, scope: Scope): Column[] {
  const { left, right, operator } = expr;
  if (histogramOperators.has(operator)) return cutNumbers(expr, scope);
  if (typeOf(right) === 'scalar') return vectorScalar(expr, scope.vector(left), scope.scalar(right), false, scope);
  if (typeOf(left) === 'scalar') return vectorScalar(expr, scope.vector(right), scope.scalar(left), true, scope);
  const [ofLeft, ofRight] = [scope.vector(left), scope.vector(right)];
  return setOperators.has(operator)
    ? setOperation(expr, ofLeft, ofRight, scope)
    : vectorVector(expr, ofLeft, ofRight, scope);
}

function cutNumbers(expr: Binary, scope: Scope): Column[] {
  const { left, right, operator } = expr;
  const columns = [left, right].filter((side) => typeOf(side) === 'vector').map((side) => scope.vector(side));
  if (columns.every((side) => side.length > 0)) {
    const types = `${JSON.stringify(operator)}: float ${operator} float`;
    scope.run.notes.inform(`incompatible sample types encountered for binary operator ${types}`, expr);
  }
  return [];
}
