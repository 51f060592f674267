import type { Expr } from './ast.js';
import { aggregateHead, binaryOperator, formatExpr, subqueryTail } from './format.js';

const MAX_LINE = 100;

/** The expression as `format_query` gives it: parts that are too long for a line are split, and indented by their depth. */
export function prettify(expr: Expr, level = 0): string {
  const indent = '  '.repeat(level);
  const line = formatExpr(expr);
  const isShort = line.length <= MAX_LINE;
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'vector-selector':
    case 'matrix-selector':
      return indent + line;
    case 'unary':
      return `${indent}${expr.operator}${prettify(expr.inner, level).trim()}`;
    case 'subquery':
      return isShort ? indent + line : prettify(expr.inner, level) + subqueryTail(expr);
    case 'paren':
      return isShort ? indent + line : `${indent}(\n${prettify(expr.inner, level + 1)}\n${indent})`;
    case 'call': {
      const args = expr.args.map((arg) => prettify(arg, level + 1)).join(',\n');
      return isShort ? indent + line : `${indent}${expr.name}(\n${args}\n${indent})`;
    }
    case 'aggregate': {
      const args = [...(expr.param ? [expr.param] : []), expr.inner].map((arg) => prettify(arg, level + 1));
      return isShort ? indent + line : `${indent}${aggregateHead(expr)}(\n${args.join(',\n')}\n${indent})`;
    }
    case 'binary': {
      const [left, right] = [prettify(expr.left, level + 1), prettify(expr.right, level + 1)];
      return isShort ? indent + line : `${left}\n${indent}${binaryOperator(expr)}\n${right}`;
    }
    default: {
      const exhausted: never = expr;
      return exhausted;
    }
  }
}
