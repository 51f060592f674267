import { Injectable } from '@nestjs/common';
import {
  invalidField,
  ServiceError,
  type PrometheusReply,
  type QueryRangeRequest,
  type QueryRequest,
} from '@scm/contracts';
import { currentActor, type JsonText } from '@scm/messaging';
import type { Labels } from '../series/labels.js';
import { allPoints, LOOKBACK_MS, point, valueAt, valuesAtSteps, type Point, type ReadSeries } from './evaluate.js';
import { parseQuery } from './query-text.js';
import { QueryCache } from './query-cache.js';
import { SampleReader } from './sample-reader.js';
import type { Selector } from './selector.js';
import { limitOf, stepOf, timeOf } from './time-parameters.js';

const MAX_STEPS = 11_000;
const MAX_SERIES = 10_000;
const MAX_POINTS = 250_000;

/** Answers queries in the shapes of Prometheus's HTTP API. */
@Injectable()
export class QueryService {
  constructor(
    private readonly reader: SampleReader,
    private readonly cache: QueryCache,
  ) {}

  async query({ query, time, limit }: QueryRequest): Promise<JsonText<PrometheusReply>> {
    const selector = parseQuery('query', query);
    const [atMs, most] = [time === undefined ? Date.now() : timeOf('time', time), limitOf(limit)];
    const fromMs = atMs - (selector.rangeMs ?? LOOKBACK_MS);
    return this.answer(selector, fromMs, atMs, ['query', query, atMs, most], (found) =>
      selector.rangeMs === undefined ? vector(found, most, atMs) : matrix(found, most, allPoints),
    );
  }

  async queryRange({ query, start, end, step, limit }: QueryRangeRequest): Promise<JsonText<PrometheusReply>> {
    const selector = parseQuery('query', query);
    const [startMs, endMs, stepMs, most] = [timeOf('start', start), timeOf('end', end), stepOf(step), limitOf(limit)];
    if (selector.rangeMs !== undefined) throw invalidField('query', 'a range query needs a selector without a range');
    if (endMs < startMs) throw invalidField('end', 'lies before the start');
    if ((endMs - startMs) / stepMs >= MAX_STEPS) {
      throw invalidField('step', `gives more than ${MAX_STEPS} points a series: take a longer step`);
    }
    const question = ['range', query, startMs, endMs, stepMs, most];
    return this.answer(selector, startMs - LOOKBACK_MS, endMs, question, (found) =>
      matrix(found, most, (series) => valuesAtSteps(series, startMs, endMs, stepMs)),
    );
  }

  private async answer(
    selector: Selector,
    fromMs: number,
    toMs: number,
    question: unknown[],
    evaluate: (found: readonly ReadSeries[]) => PrometheusReply,
  ): Promise<JsonText<PrometheusReply>> {
    const { workspaceId } = currentActor();
    await this.reader.catchUp();
    const extent = { workspaceId, metric: selector.name, fromMs, toMs };
    return this.cache.answer(extent, JSON.stringify(question), async () =>
      evaluate(await this.reader.read(workspaceId, selector, fromMs, toMs)),
    );
  }
}

/** Each series with its value at one instant. */
function vector(found: readonly ReadSeries[], most: number, atMs: number): PrometheusReply {
  const result = found.flatMap((series) => {
    const value = valueAt(series, atMs);
    return value === undefined ? [] : [{ metric: series.labels, value: point(atMs, value) }];
  });
  if (Math.min(result.length, most) > MAX_SERIES) throw tooLarge(`more than ${MAX_SERIES} series`);
  return reply('vector', result.slice(0, most), result.length > most);
}

/** Series with their points, cut to the asked number of series; what no message could carry is refused. */
function matrix(
  found: readonly ReadSeries[],
  most: number,
  pointsOf: (series: ReadSeries) => Point[],
): PrometheusReply {
  const result: { metric: Labels; values: Point[] }[] = [];
  let points = 0;
  for (const series of found) {
    const values = pointsOf(series);
    if (values.length === 0) continue;
    if (result.length >= most) return reply('matrix', result, true);
    points += values.length;
    if (result.length >= MAX_SERIES || points > MAX_POINTS) {
      throw tooLarge(`more than ${MAX_SERIES} series or ${MAX_POINTS} points`);
    }
    result.push({ metric: series.labels, values });
  }
  return reply('matrix', result, false);
}

function reply(resultType: 'vector' | 'matrix', result: unknown[], cutOff: boolean): PrometheusReply {
  return { data: { resultType, result }, ...(cutOff && { warnings: ['results truncated due to limit'] }) };
}

function tooLarge(size: string): ServiceError {
  return new ServiceError('RESOURCE_EXHAUSTED', `the result has ${size}: narrow the selector or the range`);
}
