import type { SyntaxNode } from '@lezer/common';
import type { Duration, DurationCalculation, NumberLiteral } from './ast.js';
import { parseDuration } from './duration-text.js';
import { parseError } from './promql-error.js';
import { childrenOf } from './tree.js';

/** A number, or a duration in seconds, with its sign. */
export function numberOf(source: string, { from, to }: SyntaxNode): NumberLiteral {
  const text = source.slice(from, to).replace(/\s|#[^\n]*/g, '');
  const digits = text.replace(/^[+-]/, '');
  const ms = parseDuration(digits);
  const size = ms === undefined ? parseNumber(digits) : ms / 1_000;
  if (size === undefined) throw parseError(source, from, `error parsing number: ${JSON.stringify(text)}`);
  return { kind: 'number', from, to, value: text.startsWith('-') ? -size : size, isDuration: ms !== undefined };
}

const DECIMAL = /^(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:e[+-]?\d(?:_?\d)*)?$/i;

/** A number as Go reads it: hexadecimal and, with a leading zero, octal too. */
export function parseNumber(text: string): number | undefined {
  if (/^inf$/i.test(text)) return Infinity;
  if (/^nan$/i.test(text)) return NaN;
  if (/^0x[\da-f]+$/i.test(text)) return Number(text);
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return DECIMAL.test(text) ? Number(text.replaceAll('_', '')) : undefined;
}

/** What stands in brackets or after `offset`. */
export function buildDuration(source: string, node: SyntaxNode, allowed: 'positive' | 'any'): Duration {
  const duration = calculation(source, node);
  if (allowed === 'positive' && duration.kind === 'number' && !(duration.value > 0)) {
    throw parseError(source, duration.from, 'duration must be greater than 0');
  }
  return duration;
}

function calculation(source: string, node: SyntaxNode): Duration {
  const { from, to } = node;
  if (node.name === 'NumberDurationLiteralInDurationContext') return numberOf(source, node);
  const children = childrenOf(node);
  const [first, second, third] = children as [SyntaxNode, SyntaxNode | undefined, SyntaxNode | undefined];
  const name = first.name;
  if (name === 'DurationStep' || name === 'DurationRange') {
    return { kind: 'duration', from, to, operator: name === 'DurationStep' ? 'step' : 'range', isWrapped: false };
  }
  if (name === 'DurationMinOf' || name === 'DurationMaxOf') {
    const [left, right] = [calculation(source, second as SyntaxNode), calculation(source, third as SyntaxNode)];
    const operator = name === 'DurationMinOf' ? 'min_of' : 'max_of';
    return { kind: 'duration', from, to, operator, left, right, isWrapped: false };
  }
  if (name === 'UnaryOp')
    return signed(source.slice(first.from, first.to), from, calculation(source, second as SyntaxNode));
  const left = calculation(source, first);
  if (second && third) {
    const operator = source.slice(second.from, second.to) as DurationCalculation['operator'];
    return { kind: 'duration', from, to, operator, left, right: calculation(source, third), isWrapped: false };
  }
  return source.charAt(from) === '(' ? wrapped(left, from, to) : left;
}

function signed(sign: string, from: number, duration: Duration): Duration {
  if (sign === '+') return { ...duration, from };
  if (duration.kind === 'number') return { ...duration, from, value: -duration.value };
  return { kind: 'duration', from, to: duration.to, operator: '-', right: duration, isWrapped: false };
}

function wrapped(duration: Duration, from: number, to: number): Duration {
  if (duration.kind === 'duration') return { ...duration, isWrapped: true };
  return { kind: 'duration', from, to, operator: '+', right: duration, isWrapped: true };
}
