import type { SyntaxNode } from '@lezer/common';
import type { Binary, Expr, Grouping, Matching } from './ast.js';
import { buildDuration, numberOf } from './build-duration.js';
import { ofLast, withAt, withExtension, withOffset } from './build-modifiers.js';
import { buildSelector } from './build-selector.js';
import { literalOf } from './literal.js';
import { aggregationsWithParam } from './operators.js';
import { parseError } from './promql-error.js';
import { childrenOf } from './tree.js';

const MAX_DEPTH = 200;

/** Makes the expression that a node of the syntax tree stands for. */
export function build(source: string, node: SyntaxNode, depth = 0): Expr {
  if (depth > MAX_DEPTH) throw parseError(source, node.from, `expressions are nested deeper than ${MAX_DEPTH}`);
  const inner = (child: SyntaxNode): Expr => build(source, child, depth + 1);
  const { from, to, name } = node;
  const children = childrenOf(node);
  const [first, second, third] = children as [SyntaxNode, SyntaxNode, SyntaxNode];
  switch (name) {
    case 'NumberDurationLiteral':
      return numberOf(source, node);
    case 'StringLiteral':
      return { kind: 'string', from, to, value: literalOf(source, node) };
    case 'ParenExpr':
      return { kind: 'paren', from, to, inner: inner(first) };
    case 'UnaryExpr':
      return { kind: 'unary', from, to, operator: operatorOf(source, first) as '+' | '-', inner: inner(second) };
    case 'VectorSelector':
      return buildSelector(source, node);
    case 'FunctionCall':
      return { kind: 'call', from, to, name: textOf(source, first), args: childrenOf(second).map(inner) };
    case 'AggregateExpr':
      return aggregate(source, node, children, inner);
    case 'BinaryExpr':
      return binary(source, node, children, inner);
    case 'MatrixSelector':
      return ofLast(inner(first), (last) => matrixSelector(source, node, last, second));
    case 'SubqueryExpr': {
      const range = buildDuration(source, second, 'positive');
      const step = third && { step: buildDuration(source, third, 'positive') };
      return ofLast(inner(first), (last) => ({ kind: 'subquery', from: last.from, to, inner: last, range, ...step }));
    }
    case 'OffsetExpr': {
      const offset = buildDuration(source, third, 'any');
      return ofLast(inner(first), (last) => withOffset(source, node, last, offset));
    }
    case 'StepInvariantExpr':
      return ofLast(inner(first), (last) => withAt(source, node, last, third));
    case 'AnchoredExpr':
    case 'SmoothedExpr': {
      const extension = name === 'AnchoredExpr' ? 'anchored' : 'smoothed';
      return ofLast(inner(first), (last) => withExtension(source, node, last, extension));
    }
    default:
      throw parseError(source, from, `unexpected ${JSON.stringify(textOf(source, node).slice(0, 64))}`);
  }
}

function matrixSelector(source: string, { to }: SyntaxNode, selector: Expr, range: SyntaxNode): Expr {
  const fault =
    selector.kind !== 'vector-selector'
      ? 'ranges only allowed for vector selectors'
      : selector.offset
        ? 'no offset modifiers allowed before range'
        : selector.at !== undefined
          ? 'no @ modifiers allowed before range'
          : undefined;
  if (selector.kind !== 'vector-selector' || fault) {
    throw parseError(source, source.indexOf('[', selector.to), fault ?? '');
  }
  return {
    kind: 'matrix-selector',
    from: selector.from,
    to,
    selector,
    range: buildDuration(source, range, 'positive'),
  };
}

function aggregate(
  source: string,
  { from, to }: SyntaxNode,
  children: SyntaxNode[],
  inner: (child: SyntaxNode) => Expr,
): Expr {
  const [operatorNode] = children as [SyntaxNode];
  const operator = operatorOf(source, operatorNode);
  const body = children.find(({ name }) => name === 'FunctionCallBody');
  const modifier = children.find(({ name }) => name === 'AggregateModifier');
  const args = body ? childrenOf(body).map(inner) : [];
  const wanted = aggregationsWithParam.has(operator) ? 2 : 1;
  if (args.length === 0) throw parseError(source, from, 'no arguments for aggregate expression provided');
  if (args.length !== wanted) {
    const counts = `expected ${wanted}, got ${args.length}`;
    throw parseError(source, from, `wrong number of arguments for aggregate expression provided, ${counts}`);
  }
  const grouping = modifier && groupingOf(source, modifier);
  const [param, vector] = (wanted === 2 ? args : [undefined, ...args]) as [Expr | undefined, Expr];
  return {
    kind: 'aggregate',
    from,
    to,
    operator,
    inner: vector,
    ...(param && { param }),
    ...(grouping && { grouping }),
  };
}

function groupingOf(source: string, modifier: SyntaxNode): Grouping {
  const [keyword, labels] = childrenOf(modifier) as [SyntaxNode, SyntaxNode];
  return { without: keyword.name === 'Without', labels: labelNames(source, labels) };
}

function binary(
  source: string,
  { from, to }: SyntaxNode,
  children: SyntaxNode[],
  inner: (child: SyntaxNode) => Expr,
): Expr {
  const [left, operatorNode] = children as [SyntaxNode, SyntaxNode];
  const operator = operatorOf(source, operatorNode);
  const named = (name: string) => children.find((child) => child.name === name);
  const matching = matchingOf(source, named('MatchingModifierClause'), named('FillModifier'));
  const isBool = named('BoolModifier') !== undefined;
  const made: Binary = {
    kind: 'binary',
    from,
    to,
    operator,
    left: inner(left),
    right: inner(children.at(-1) as SyntaxNode),
    isBool,
    matching,
  };
  return operator === '^' ? signBefore(source, made) : made;
}

/** The grammar reads `2 * -1 ^ 2` as if the sign were the number's, but a power binds closer than a sign. */
function signBefore(source: string, power: Binary): Expr {
  const sign = source.charAt(power.left.from);
  if (power.left.kind !== 'number' || (sign !== '-' && sign !== '+')) return power;
  const { value, from } = power.left;
  const left = { ...power.left, from: from + 1, value: sign === '-' ? -value : value };
  return { kind: 'unary', from, to: power.to, operator: sign, inner: { ...power, from: from + 1, left } };
}

function matchingOf(source: string, clause?: SyntaxNode, fill?: SyntaxNode): Matching {
  const parts = clause ? childrenOf(clause) : [];
  const [labels, include] = parts.filter(({ name }) => name === 'GroupingLabels');
  const has = (name: string) => parts.some((part) => part.name === name);
  const fills = fill ? childrenOf(fill).flatMap((part) => fillOf(source, part)) : [];
  return {
    on: has('On'),
    labels: labels ? labelNames(source, labels) : [],
    include: include ? labelNames(source, include) : [],
    ...(has('GroupLeft') && { group: 'left' as const }),
    ...(has('GroupRight') && { group: 'right' as const }),
    ...Object.fromEntries(fills),
  };
}

function fillOf(source: string, part: SyntaxNode): [side: 'fillLeft' | 'fillRight', value: number][] {
  const number = childrenOf(part).find(({ name }) => name === 'NumberDurationLiteral') as SyntaxNode;
  const { value } = numberOf(source, number);
  const sides = { FillClause: ['fillLeft', 'fillRight'], FillLeftClause: ['fillLeft'], FillRightClause: ['fillRight'] };
  return (sides[part.name as keyof typeof sides] as ('fillLeft' | 'fillRight')[]).map((side) => [side, value]);
}

function labelNames(source: string, list: SyntaxNode): string[] {
  return childrenOf(list).map((label) => {
    const name = label.name === 'QuotedLabelName' ? literalOf(source, label) : textOf(source, label);
    if (name === '') throw parseError(source, label.from, 'invalid label name for grouping: ""');
    return name;
  });
}

function operatorOf(source: string, node: SyntaxNode): string {
  return textOf(source, node).toLowerCase();
}

function textOf(source: string, { from, to }: SyntaxNode): string {
  return source.slice(from, to);
}
