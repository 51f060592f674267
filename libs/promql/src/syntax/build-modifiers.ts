import type { SyntaxNode } from '@lezer/common';
import type { At, Duration, Expr, Modifiers } from './ast.js';
import { numberOf } from './build-duration.js';
import { parseError } from './promql-error.js';

const PRECEDED = 'must be preceded by an instant vector selector or range vector selector or a subquery';
const MAX_TIME_MS = 8.64e15;

export function withOffset(source: string, node: SyntaxNode, expr: Expr, offset: Duration): Expr {
  return modify(source, expr, node.to, `offset modifier ${PRECEDED}`, (before) => {
    if (before.offset) throw parseError(source, expr.from, 'offset may not be set multiple times');
    return { ...before, offset };
  });
}

/** The grammar puts what follows a selector around signs and operators too; it is the last selector's. */
export function ofLast(expr: Expr, modify: (last: Expr) => Expr): Expr {
  if (expr.kind === 'unary') return { ...expr, inner: ofLast(expr.inner, modify) };
  if (expr.kind === 'binary') return { ...expr, right: ofLast(expr.right, modify) };
  return modify(expr);
}

/** `time` is the number or the `start` or `end` after the @. */
export function withAt(source: string, node: SyntaxNode, expr: Expr, time: SyntaxNode): Expr {
  return modify(source, expr, node.to, `@ modifier ${PRECEDED}`, (before) => {
    if (before.at !== undefined) throw parseError(source, expr.from, '@ <timestamp> may not be set multiple times');
    return { ...before, at: atOf(source, expr, time) };
  });
}

export function withExtension(
  source: string,
  { to }: SyntaxNode,
  expr: Expr,
  extension: 'anchored' | 'smoothed',
): Expr {
  if (expr.kind === 'matrix-selector') {
    const selector = withExtension(source, { to: expr.selector.to } as SyntaxNode, expr.selector, extension);
    return selector.kind === 'vector-selector' ? { ...expr, to, selector } : expr;
  }
  if (expr.kind !== 'vector-selector') {
    const what = expr.kind === 'subquery' ? 'is not supported for subqueries' : 'not implemented';
    throw parseError(source, expr.from, `${extension} modifier ${what}`);
  }
  if (expr.extension !== undefined && expr.extension !== extension) {
    throw parseError(source, expr.from, 'anchored and smoothed modifiers cannot be used together');
  }
  return { ...expr, to, extension };
}

function atOf(source: string, expr: Expr, time: SyntaxNode): At {
  if (time.name === 'AtModifierPreprocessors') {
    return source.slice(time.from, time.to).toLowerCase() === 'start' ? 'start' : 'end';
  }
  const ms = Math.round(numberOf(source, time).value * 1_000);
  if (Math.abs(ms) <= MAX_TIME_MS) return ms;
  throw parseError(source, expr.from, `timestamp out of bounds for @ modifier: ${ms / 1_000}`);
}

function modify(source: string, expr: Expr, to: number, fault: string, change: (before: Modifiers) => Modifiers): Expr {
  if (expr.kind === 'matrix-selector') return { ...expr, to, selector: { ...expr.selector, ...change(expr.selector) } };
  if (expr.kind !== 'vector-selector' && expr.kind !== 'subquery') throw parseError(source, expr.from, fault);
  return { ...expr, to, ...change(expr) };
}
