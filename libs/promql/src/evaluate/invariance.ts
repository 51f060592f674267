import type { Expr } from '../syntax/ast.js';

/** Functions that look at the time of evaluation, or at the time of their argument's samples. */
const timed: ReadonlySet<string> = new Set(
  (
    'days_in_month day_of_month day_of_week day_of_year end hour minute month year predict_linear range start step time ' +
    'timestamp'
  ).split(' '),
);

/** Whether an expression gives the same at each step, so that once is enough. */
export function isInvariant(expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return true;
    case 'vector-selector':
    case 'subquery':
      return expr.at !== undefined;
    case 'matrix-selector':
      return expr.selector.at !== undefined;
    case 'paren':
    case 'unary':
      return isInvariant(expr.inner);
    case 'aggregate':
      return isInvariant(expr.inner) && (!expr.param || isInvariant(expr.param));
    case 'binary':
      return isInvariant(expr.left) && isInvariant(expr.right);
    case 'call': {
      const [first] = expr.args;
      if (expr.name === 'timestamp' && first?.kind === 'vector-selector') return isInvariant(first);
      return !timed.has(expr.name) && expr.args.every(isInvariant);
    }
    default: {
      const exhausted: never = expr;
      return exhausted;
    }
  }
}

/** An expression without the parentheses around it. */
export function bare(expr: Expr): Expr {
  return expr.kind === 'paren' ? bare(expr.inner) : expr;
}
