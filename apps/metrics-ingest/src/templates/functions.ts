import { RE2JS } from 're2js';
import { labelOf, type Labels } from '../series/labels.js';
import { humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp } from './humanize.js';
import { printf } from './printf.js';
import { TemplateFault } from './template-fault.js';
import { fieldOf, isList, isTrue, textOf, type TemplateSample, type Value } from './value.js';

type TemplateFunction = (...args: Value[]) => Value;

/** Functions of Prometheus's templates and of Go's; `query` is asked for by whoever fills the template in. */
export const functions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['humanize', (value) => humanize(numberOf(value))],
  ['humanize1024', (value) => humanize1024(numberOf(value))],
  ['humanizeDuration', (value) => humanizeDuration(numberOf(value))],
  ['humanizePercentage', (value) => humanizePercentage(numberOf(value))],
  ['humanizeTimestamp', (value) => humanizeTimestamp(numberOf(value))],
  ['printf', (format, ...args) => printf(textOf(format), args)],
  ['print', (...args) => args.map(textOf).join('')],
  ['println', (...args) => `${args.map(textOf).join(' ')}\n`],
  [
    'title',
    (text) => textOf(text).replace(/(^|\s)(\S)/g, (_, space: string, first: string) => space + first.toUpperCase()),
  ],
  ['toUpper', (text) => textOf(text).toUpperCase()],
  ['toLower', (text) => textOf(text).toLowerCase()],
  [
    'stripPort',
    (text) =>
      textOf(text)
        .replace(/^(\[[^\]]*\]|[^:]*):\d+$/, '$1')
        .replace(/^\[(.*)\]$/, '$1'),
  ],
  ['stripDomain', (text) => stripDomain(textOf(text))],
  ['match', (pattern, text) => compile(pattern).matcher(textOf(text)).find()],
  ['reReplaceAll', (pattern, by, text) => compile(pattern).matcher(textOf(text)).replaceAll(textOf(by))],
  ['first', (list) => firstOf(list)],
  ['label', (name, sample) => labelOf(labelsOf(sample), textOf(name))],
  ['strvalue', (sample) => labelOf(labelsOf(sample), '__value__')],
  ['value', (sample) => fieldOf(sample, 'Value')],
  ['sortByLabel', (name, list) => sortByLabel(textOf(name), list)],
  ['safeHtml', (text) => textOf(text)],
  ['externalURL', () => ''],
  ['pathPrefix', () => ''],
  ['len', (value) => (isList(value) ? value.length : textOf(value).length)],
  ['index', (value, at) => indexOf(value, at)],
  ['not', (value) => !isTrue(value)],
  ['and', (...args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1)],
  ['or', (...args) => args.find(isTrue) ?? args.at(-1)],
  ['eq', (value, ...others) => others.some((other) => isSame(value, other))],
  ['ne', (a, b) => !isSame(a, b)],
  ['lt', (a, b) => order(a, b) < 0],
  ['le', (a, b) => order(a, b) <= 0],
  ['gt', (a, b) => order(a, b) > 0],
  ['ge', (a, b) => order(a, b) >= 0],
  ['urlquery', (text) => encodeURIComponent(textOf(text)).replaceAll('%20', '+')],
  ['toTime', (value) => humanizeTimestamp(numberOf(value))],
]);

export function numberOf(value: Value): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value.replace(/inf$/i, 'Infinity')) : value;
  if (typeof number === 'number' && (!Number.isNaN(number) || value === 'NaN' || typeof value === 'number'))
    return number;
  throw new TemplateFault(`takes ${JSON.stringify(textOf(value))} for a number`);
}

const MAX_PATTERN = 1_024;

function compile(pattern: Value): RE2JS {
  const text = textOf(pattern);
  if (text.length > MAX_PATTERN) throw new TemplateFault('has a pattern that is too long');
  try {
    return RE2JS.compile(text);
  } catch (cause) {
    throw new TemplateFault(`has no valid pattern: ${text}`, { cause });
  }
}

function stripDomain(host: string): string {
  const [name = '', port] = host.split(/(?=:\d+$)/);
  return /^[\d.]+$|:/.test(name) ? host : `${name.split('.')[0]}${port ?? ''}`;
}

function firstOf(list: Value): Value {
  if (!isList(list) || list.length === 0) throw new TemplateFault('asks for the first of nothing');
  return list[0];
}

function labelsOf(sample: Value): Labels {
  if (typeof sample === 'object' && !isList(sample)) return (sample as TemplateSample).labels;
  throw new TemplateFault('asks for a label of what is no sample');
}

function sortByLabel(name: string, list: Value): Value {
  if (!isList(list)) throw new TemplateFault('sorts what is no list');
  const of = (sample: Value) => labelOf(labelsOf(sample), name);
  return [...list].sort((a, b) => (of(a) < of(b) ? -1 : of(a) > of(b) ? 1 : 0));
}

function indexOf(value: Value, at: Value): Value {
  if (isList(value)) return value[numberOf(at)];
  return fieldOf(value, textOf(at));
}

function isSame(a: Value, b: Value): boolean {
  return typeof a === 'object' || typeof b === 'object' ? textOf(a) === textOf(b) : a === b;
}

function order(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [textOf(a), textOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
