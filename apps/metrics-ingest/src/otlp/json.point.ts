import { attributesOfJson } from './json.attributes.js';
import { isNumber, itemsOf, listOf, millisOf, numberOf, objectOf, textField, type JsonObject } from './json.fields.js';
import type { Buckets, MetricKind, OtlpExemplar, OtlpPoint, PointValue } from './otlp.model.js';

export function readJsonPoint(item: JsonObject, path: string, kind: MetricKind): OtlpPoint {
  const flags = numberOf(item.flags ?? 0);
  const isStale = flags % 2 === 1;
  const point: OtlpPoint = {
    attributes: attributesOfJson(item, path),
    startMs: millisOf(item.startTimeUnixNano),
    timeMs: millisOf(item.timeUnixNano),
    isStale,
    value: readers[kind](item, path),
    exemplars: itemsOf(item, 'exemplars', path).map(([one, at]) => readExemplar(one, at)),
  };
  const wrong = isStale ? undefined : numbersOf[kind].find((field) => !isNumberField(item, field));
  return wrong === undefined ? point : { ...point, fault: `${wrong} must be a number` };
}

/** Fields that have to be numbers; of a plain point one of the two. */
const numbersOf: Record<MetricKind, string[]> = {
  gauge: ['asDouble'],
  sum: ['asDouble'],
  histogram: ['count', 'sum', 'bucketCounts', 'explicitBounds'],
  exponential: ['count', 'sum', 'scale', 'zeroCount'],
  summary: ['count', 'sum'],
};

function isNumberField(item: JsonObject, field: string): boolean {
  if (field === 'asDouble') return isNumber(item.asDouble ?? item.asInt);
  const value = item[field];
  if (value === undefined || value === null) return true;
  return Array.isArray(value) ? value.every(isNumber) : isNumber(value);
}

const readers: Record<MetricKind, (item: JsonObject, path: string) => PointValue> = {
  gauge: number,
  sum: number,
  histogram: (item, path) => ({
    kind: 'histogram',
    ...countAndSum(item),
    bounds: listOf(item, 'explicitBounds', path).map(numberOf),
    counts: listOf(item, 'bucketCounts', path).map(numberOf),
  }),
  exponential: (item, path) => ({
    kind: 'exponential',
    ...countAndSum(item),
    scale: numberOf(item.scale ?? 0),
    zeroCount: numberOf(item.zeroCount ?? 0),
    zeroThreshold: numberOf(item.zeroThreshold ?? 0),
    positive: buckets(item.positive ?? {}, `${path}.positive`),
    negative: buckets(item.negative ?? {}, `${path}.negative`),
  }),
  summary: (item, path) => ({
    kind: 'summary',
    count: numberOf(item.count ?? 0),
    sum: numberOf(item.sum ?? 0),
    quantiles: itemsOf(item, 'quantileValues', path).map(([one]) => [
      numberOf(one.quantile ?? 0),
      numberOf(one.value ?? 0),
    ]),
  }),
};

function number(item: JsonObject): PointValue {
  return { kind: 'number', value: numberOf(item.asDouble ?? item.asInt) };
}

function countAndSum(item: JsonObject): { count: number; sum?: number } {
  const { sum } = item;
  return { count: numberOf(item.count ?? 0), ...(sum !== undefined && sum !== null && { sum: numberOf(sum) }) };
}

function buckets(value: unknown, path: string): Buckets {
  const given = objectOf(value, path);
  return { offset: numberOf(given.offset ?? 0), counts: listOf(given, 'bucketCounts', path).map(numberOf) };
}

function readExemplar(item: JsonObject, path: string): OtlpExemplar {
  return {
    attributes: attributesOfJson(item, path, 'filteredAttributes'),
    timeMs: millisOf(item.timeUnixNano),
    value: numberOf(item.asDouble ?? item.asInt),
    traceId: textField(item, 'traceId', path),
    spanId: textField(item, 'spanId', path),
  };
}
