import type { Expr, ValueType } from './ast.js';
import { signatures } from './signatures.js';

/** The type of what an expression gives, as far as its own form says it. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'vector-selector':
    case 'aggregate':
      return 'vector';
    case 'matrix-selector':
    case 'subquery':
      return 'matrix';
    case 'call':
      return signatures.get(expr.name)?.returns ?? 'vector';
    case 'binary':
      return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'vector';
    case 'unary':
    case 'paren':
      return typeOf(expr.inner);
    default: {
      const exhausted: never = expr;
      return exhausted;
    }
  }
}

/** The type's name as Prometheus's messages and documents have it. */
export function typeName(type: ValueType): string {
  return { scalar: 'scalar', vector: 'instant vector', matrix: 'range vector', string: 'string' }[type];
}
