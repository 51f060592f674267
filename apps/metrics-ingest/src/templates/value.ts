import { labelOf, type Labels } from '../series/labels.js';
import { goNumber } from './humanize.js';
import { TemplateFault } from './template-fault.js';

/** One element of what a query answers. */
export interface TemplateSample {
  readonly labels: Labels;
  readonly value: number;
}

/** What expressions of a template come to: samples and lists are what `query` answers, labels are what `.Labels` is. */
export type Value = string | number | boolean | undefined | readonly Value[] | TemplateSample | Dot | LabelValues;

/** What a template is filled in with: the dot. */
export interface Dot {
  readonly kind: 'dot';
  readonly labels: Labels;
  readonly value: number;
}

export interface LabelValues {
  readonly kind: 'labels';
  readonly labels: Labels;
}

/** Go's truth: what is empty is false. */
export function isTrue(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && 'kind' in value && value.kind === 'labels')
    return Object.keys(value.labels).length > 0;
  return Boolean(value) || Number.isNaN(value);
}

export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return goNumber(value);
  if (typeof value === 'boolean') return String(value);
  if (value === undefined) return '';
  if (isList(value)) return `[${value.map(textOf).join(' ')}]`;
  const { labels } = value as { labels: Labels };
  return `map[${Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${name}:${text}`)
    .join(' ')}]`;
}

/** `.Labels`, `.Value`, and a label of labels; one that is not there is empty. */
export function fieldOf(value: Value, field: string): Value {
  if (typeof value !== 'object' || isList(value)) throw new TemplateFault(`asks for .${field} of what has no fields`);
  if ('kind' in value && value.kind === 'labels') return labelOf(value.labels, field);
  if (field === 'Labels') return { kind: 'labels', labels: value.labels };
  if (field === 'Value' && 'value' in value) return value.value;
  if (field === 'ExternalLabels') return { kind: 'labels', labels: {} };
  if (field === 'ExternalURL') return '';
  throw new TemplateFault(`asks for .${field}, which is not there`);
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
