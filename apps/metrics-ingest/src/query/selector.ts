import { matcherOf, matchOperators, type Matcher, type MatchOperator } from './matcher.js';
import { parseDuration } from './duration.js';
import type { Scanner } from './scanner.js';
import { takeText } from './text-literal.js';

/** Which series are meant, and, for a range such as `[5m]`, how far back. */
export interface Selector {
  readonly matchers: readonly Matcher[];
  /** The metric, when one is named exactly. */
  readonly name?: string;
  readonly rangeMs?: number;
}

const MAX_MATCHERS = 64;

const METRIC = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const OPERATOR = /=~|!~|!=|=/y;
const AGGREGATION =
  /^(sum|avg|min|max|count|group|stddev|stdvar|topk|bottomk|count_values|quantile|limitk|limit_ratio)$/i;
const WORDS = /^(and|or|unless|atan2|bool|on|ignoring|group_left|group_right|offset|by|without)$/i;

/** Reads `name{label="value"}[5m]`; throws a SyntaxFault that names what is wrong or not supported yet. */
export function readSelector(scanner: Scanner): Selector {
  refuseOther(scanner);
  const name = scanner.take(METRIC);
  if (name !== undefined) refuseCall(scanner, name);
  const matchers = scanner.peek(/\{/y) ? readMatchers(scanner) : [];
  if (name !== undefined) {
    if (matchers.some(({ label }) => label === '__name__')) scanner.fail('the metric is named twice');
    matchers.unshift(matcherOf('__name__', '=', name));
  }
  if (!matchers.some(({ test }) => !test('')))
    scanner.fail('a selector needs a matcher that does not match the empty text');
  const rangeMs = readRange(scanner);
  if (scanner.peek(/offset\b/iy)) scanner.fail('the offset modifier is not supported yet');
  if (scanner.peek(/@/y)) scanner.fail('the @ modifier is not supported yet');
  const exact = matchers.find(({ label, operator }) => label === '__name__' && operator === '=')?.value;
  return { matchers, ...(exact !== undefined && { name: exact }), ...(rangeMs !== undefined && { rangeMs }) };
}

function refuseOther(scanner: Scanner): void {
  if (scanner.atEnd) scanner.fail('the query is empty');
  if (scanner.peek(/\(/y)) scanner.fail('parentheses are not supported yet');
  if (scanner.peek(/["'`]/y)) scanner.fail('text literals are not supported yet');
  if (scanner.peek(/[0-9.]/y)) scanner.fail('number literals are not supported yet');
  if (scanner.peek(/[+-]/y)) scanner.fail('unary operators are not supported yet');
  if (!scanner.peek(METRIC) && !scanner.peek(/\{/y)) scanner.fail(`a selector is expected, found ${scanner.found()}`);
}

function refuseCall(scanner: Scanner, name: string): void {
  if (AGGREGATION.test(name) && scanner.peek(/\(|by\b|without\b/iy))
    scanner.fail(`the aggregation ${name} is not supported yet`);
  if (scanner.peek(/\(/y)) scanner.fail(`the function ${name} is not supported yet`);
  if (WORDS.test(name)) scanner.fail(`${name} is no metric name`);
}

function readMatchers(scanner: Scanner): Matcher[] {
  const matchers: Matcher[] = [];
  scanner.take(/\{/y);
  while (!scanner.peek(/\}/y)) {
    matchers.push(readMatcher(scanner));
    if (matchers.length > MAX_MATCHERS) scanner.fail(`a selector has at most ${MAX_MATCHERS} matchers`);
    if (!scanner.take(/,/y)) break;
  }
  scanner.expect(/\}/y, 'a comma or }');
  return matchers;
}

function readMatcher(scanner: Scanner): Matcher {
  const quoted = takeText(scanner);
  const label = quoted ?? scanner.expect(LABEL, 'a label name');
  const operator = scanner.take(OPERATOR);
  if (operator === undefined) {
    if (quoted !== undefined) return matcherOf('__name__', '=', quoted);
    scanner.fail(`one of ${matchOperators.join(' ')} is expected, found ${scanner.found()}`);
  }
  const value = takeText(scanner) ?? scanner.fail(`a text in quotes is expected, found ${scanner.found()}`);
  try {
    return matcherOf(label, operator as MatchOperator, value);
  } catch (error) {
    return scanner.fail(`${label} has no valid pattern: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readRange(scanner: Scanner): number | undefined {
  if (!scanner.take(/\[/y)) return undefined;
  const text = scanner.expect(/[0-9a-z]+/y, 'a duration');
  const rangeMs = parseDuration(text) ?? scanner.fail(`${text} is no duration`);
  if (rangeMs === 0) scanner.fail('the range must be longer than 0');
  if (scanner.peek(/:/y)) scanner.fail('subqueries are not supported yet');
  scanner.expect(/\]/y, ']');
  return rangeMs;
}
