import { isUtf8 } from 'node:buffer';
import { invalidField, parseJson } from '@scm/contracts';
import { emptyMetric, temporalityOf } from './empty.metric.js';
import { attributesOfJson } from './json.attributes.js';
import { itemsOf, objectOf, textField, type JsonObject } from './json.fields.js';
import { readJsonPoint } from './json.point.js';
import type { MetricKind, OtlpMetric, OtlpResource } from './otlp.model.js';

/** An `ExportMetricsServiceRequest` as JSON; fields it does not know are ignored, as OTLP wants it. */
export function decodeJson(bytes: Buffer): OtlpResource[] {
  if (!isUtf8(bytes)) throw invalidField('(body)', 'is no UTF-8');
  const request = objectOf(parseJson(bytes.toString('utf8')), '(body)');
  return itemsOf(request, 'resourceMetrics').map(([item, path]) => readResource(item, path));
}

function readResource(item: JsonObject, path: string): OtlpResource {
  const resource = objectOf(item.resource ?? {}, `${path}.resource`);
  const scopes = itemsOf(item, 'scopeMetrics', path);
  const metrics = scopes.flatMap(([scope, at]) =>
    itemsOf(scope, 'metrics', at).map(([one, own]) => readMetric(one, own)),
  );
  return { attributes: attributesOfJson(resource, `${path}.resource`), metrics };
}

const kinds: Record<string, MetricKind> = {
  gauge: 'gauge',
  sum: 'sum',
  histogram: 'histogram',
  exponentialHistogram: 'exponential',
  summary: 'summary',
};

const temporalities = ['UNSPECIFIED', 'DELTA', 'CUMULATIVE'].map((name) => `AGGREGATION_TEMPORALITY_${name}`);

function readMetric(item: JsonObject, path: string): OtlpMetric {
  const metric = emptyMetric();
  for (const name of ['name', 'description', 'unit'] as const) metric[name] = textField(item, name, path);
  const field = Object.keys(kinds).find((name) => item[name] !== undefined && item[name] !== null);
  const kind = field && kinds[field];
  if (!kind) return metric;
  const data = objectOf(item[field], `${path}.${field}`);
  metric.kind = kind;
  metric.isMonotonic = data.isMonotonic === true;
  const { aggregationTemporality: given } = data;
  metric.temporality = temporalityOf(typeof given === 'string' ? temporalities.indexOf(given) : given);
  for (const [point, at] of itemsOf(data, 'dataPoints', `${path}.${field}`)) {
    metric.points.push(readJsonPoint(point, at, metric.kind));
  }
  return metric;
}
