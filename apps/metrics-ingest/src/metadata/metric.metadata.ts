import { METRIC_NAME } from '../series/labels.js';

/** In the order of remote write's enumerations. */
export const metricTypes = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
] as const;

export type MetricType = (typeof metricTypes)[number];

export interface MetricMetadata {
  metric: string;
  type: MetricType;
  help: string;
  unit: string;
}

const MAX_NAME = 1_024;
const MAX_HELP = 4_096;
const MAX_UNIT = 256;

/** As it may be stored: what is no metric is left out, texts that are too long or none are shortened to what is good. */
export function storable({ metric, type, help, unit }: MetricMetadata): MetricMetadata | undefined {
  if (metric.length > MAX_NAME || !METRIC_NAME.test(metric)) return undefined;
  return { metric, type, help: textOf(help, MAX_HELP), unit: textOf(unit, MAX_UNIT) };
}

/** The metric that a series of a histogram or a summary belongs to. */
export function familyOf(name: string, type: MetricType): string {
  const hasParts = type === 'histogram' || type === 'gaugehistogram' || type === 'summary';
  return hasParts ? name.replace(/_(bucket|sum|count|gsum|gcount)$/, '') : name;
}

function textOf(text: string, max: number): string {
  return text.slice(0, max).toWellFormed().replaceAll('\0', '');
}
