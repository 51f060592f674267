import type { RE2JS } from 're2js';
import type { Column } from '../evaluate/column.js';
import { mergeEqual } from '../evaluate/merge-equal.js';
import type { Scope } from '../evaluate/scope.js';
import type { Call, Expr, StringLiteral } from '../syntax/ast.js';
import { PromqlError } from '../syntax/promql-error.js';
import { METRIC_NAME, type LabelSet } from '../values/label-set.js';
import { compilePattern } from '../values/pattern.js';

/** Calls within calls could double a value again and again. */
const MAX_VALUE = 65_536;

/** Sets a label to what a pattern finds in another. */
export function labelReplace({ args }: Call, scope: Scope): Column[] {
  const [target, replacement, source, pattern] = args.slice(1).map(textOf) as [string, string, string, string];
  const compiled = compile(pattern);
  if (target === '') throw new PromqlError(`invalid destination label name in label_replace(): ${target}`);
  return relabel(scope.vector(args[0] as Expr), target, (labels) => expand(compiled, labels.get(source), replacement));
}

/** Sets a label to the values of others with a text between them. */
export function labelJoin({ args }: Call, scope: Scope): Column[] {
  const [target, separator, ...sources] = args.slice(1).map(textOf) as [string, string, ...string[]];
  if (target === '') throw new PromqlError(`invalid destination label name in label_join(): ${target}`);
  if (sources.includes('')) throw new PromqlError('invalid source label name in label_join(): ');
  return relabel(scope.vector(args[0] as Expr), target, (labels) =>
    sources.map((source) => labels.get(source)).join(separator),
  );
}

function relabel(
  columns: readonly Column[],
  target: string,
  valueOf: (labels: LabelSet) => string | undefined,
): Column[] {
  const changed = columns.map((column) => {
    const value = valueOf(column.labels);
    if (value === undefined) return column;
    if (value.length > MAX_VALUE) throw new PromqlError(`a label's value would be longer than ${MAX_VALUE} characters`);
    const dropName = target === METRIC_NAME ? false : column.dropName;
    return { ...column, labels: column.labels.with(target, value), dropName };
  });
  return mergeEqual(changed);
}

function compile(pattern: string): RE2JS {
  try {
    return compilePattern(pattern);
  } catch {
    throw new PromqlError(`invalid regular expression in label_replace(): ${pattern}`);
  }
}

const PLACE = /\$(?:\$|(\w+)|\{(\w+)\})/g;

/** The replacement with what the pattern's groups found; undefined where the pattern does not match the whole text. */
function expand(pattern: RE2JS, text: string, replacement: string): string | undefined {
  const matcher = pattern.matcher(text);
  if (!matcher.matches()) return undefined;
  const named = pattern.namedGroups();
  return replacement.replace(PLACE, (_, plain: string | undefined, braced: string | undefined) => {
    const name = plain ?? braced;
    if (name === undefined) return '$';
    const index = /^\d+$/.test(name) ? Number(name) : Object.hasOwn(named, name) ? Number(named[name]) : -1;
    return index >= 0 && index <= matcher.groupCount() ? (matcher.group(index) ?? '') : '';
  });
}

export function textOf(expr: Expr): string {
  return expr.kind === 'paren' ? textOf(expr.inner) : (expr as StringLiteral).value;
}
