import { evaluateAggregate } from '../aggregations/aggregate.js';
import { evaluateBinary } from '../binary/binary.js';
import { evaluateCall } from '../functions/call.js';
import { mapColumns } from '../functions/map-columns.js';
import type { Expr } from '../syntax/ast.js';
import type { Column } from './column.js';
import { isInvariant } from './invariance.js';
import { repeated } from './repeated.js';
import type { Scope } from './scope.js';
import { select } from './select.js';
import { selectSmoothed } from './select-smoothed.js';

/** The series of a vector expression at each step. */
export function evaluateVector(expr: Expr, scope: Scope): Column[] {
  if (scope.steps <= 1 || !isInvariant(expr)) return evaluate(expr, scope);
  return evaluate(expr, scope.at(scope.startMs, scope.stepMs, 1)).map((column) => repeated(column, scope));
}

function evaluate(expr: Expr, scope: Scope): Column[] {
  switch (expr.kind) {
    case 'paren':
      return scope.vector(expr.inner);
    case 'unary': {
      const columns = scope.vector(expr.inner);
      return expr.operator === '-' ? mapColumns(columns, scope, (value) => -value) : columns;
    }
    case 'vector-selector':
      return expr.extension === 'smoothed' ? selectSmoothed(expr, scope) : select(expr, scope);
    case 'aggregate':
      return evaluateAggregate(expr, scope);
    case 'call':
      return evaluateCall(expr, scope);
    case 'binary':
      return evaluateBinary(expr, scope);
    case 'number':
    case 'string':
    case 'matrix-selector':
    case 'subquery':
      throw new TypeError(`${expr.kind} is no vector`);
    default: {
      const exhausted: never = expr;
      return exhausted;
    }
  }
}
