import type { Expr, VectorSelector } from './ast.js';
import { build } from './build.js';
import { check } from './check.js';
import { parseError, PromqlError } from './promql-error.js';
import { parseTree } from './tree.js';

const MAX_LENGTH = 65_536;

/** Reads a query and checks its types; throws a PromqlError that says where and what is wrong. */
export function parseQuery(source: string): Expr {
  if (source.length > MAX_LENGTH) throw new PromqlError(`the query is longer than ${MAX_LENGTH} characters`);
  const root = parseTree(source).topNode.firstChild;
  if (!root) throw parseError(source, 0, 'no expression found in input');
  const expr = build(source, root);
  check(source, expr);
  return expr;
}

/** Reads a selector of series without a range or other modifiers, as `match[]` has it. */
export function parseSelector(source: string): VectorSelector {
  const expr = parseQuery(source);
  const isPlain = expr.kind === 'vector-selector' && expr.at === undefined && !expr.offset && !expr.extension;
  if (!isPlain) throw parseError(source, 0, 'a series selector without modifiers is expected');
  return expr;
}
