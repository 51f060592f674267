import type { SyntaxNode } from '@lezer/common';
import { METRIC_NAME } from '../values/label-set.js';
import { matcherOf, type Matcher, type MatchOperator } from '../values/matcher.js';
import type { VectorSelector } from './ast.js';
import { literalOf } from './literal.js';
import { parseError } from './promql-error.js';
import { childrenOf } from './tree.js';

const MAX_MATCHERS = 64;

export function buildSelector(source: string, node: SyntaxNode): VectorSelector {
  const { from, to } = node;
  const identifier = node.getChild('Identifier');
  const name = identifier ? source.slice(identifier.from, identifier.to) : undefined;
  const braces = node.getChild('LabelMatchers');
  const matchers = braces ? childrenOf(braces).map((child) => buildMatcher(source, child)) : [];
  if (matchers.length > MAX_MATCHERS) {
    throw parseError(source, from, `a selector has at most ${MAX_MATCHERS} matchers`);
  }
  const again = name === undefined ? undefined : matchers.find(({ label }) => label === METRIC_NAME);
  if (again) {
    const names = `${JSON.stringify(name)} or ${JSON.stringify(again.value)}`;
    throw parseError(source, from, `metric name must not be set twice: ${names}`);
  }
  if (name === undefined) return { kind: 'vector-selector', from, to, matchers };
  return { kind: 'vector-selector', from, to, name, matchers: [...matchers, matcherOf(METRIC_NAME, '=', name)] };
}

function buildMatcher(source: string, node: SyntaxNode): Matcher {
  if (node.name === 'QuotedLabelName') return matcherOf(METRIC_NAME, '=', literalOf(source, node));
  const [labelNode, operatorNode, valueNode] = childrenOf(node) as [SyntaxNode, SyntaxNode, SyntaxNode];
  const isQuoted = labelNode.name === 'QuotedLabelName';
  const label = isQuoted ? literalOf(source, labelNode) : source.slice(labelNode.from, labelNode.to);
  const operator = source.slice(operatorNode.from, operatorNode.to) as MatchOperator;
  try {
    return matcherOf(label, operator, literalOf(source, valueNode));
  } catch (error) {
    if (error instanceof Error && error.name === 'PromqlError') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw parseError(source, node.from, `${label} has no valid pattern: ${reason}`);
  }
}
