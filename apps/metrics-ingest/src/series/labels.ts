import { createHash } from 'node:crypto';

/** Label names and values; `__name__` is the metric. */
export type Labels = Readonly<Record<string, string>>;

export const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
export const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A label's value; one that is not there is empty. */
export function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}

/** The same text for the same labels, whatever their order. */
export function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(byName));
}

export function fingerprintOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

/** A series as people write it: `name{label="value"}`. */
export function seriesText(labels: Labels): string {
  const rest = withoutName(labels);
  const pairs = Object.entries(rest).sort(byName);
  const name = labelOf(labels, '__name__');
  return pairs.length === 0 ? name : `${name}{${pairs.map(([k, v]) => `${k}=${JSON.stringify(v)}`).join(',')}}`;
}

export function withoutName(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== '__name__'));
}

function byName([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
