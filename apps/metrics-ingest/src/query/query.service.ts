import { Injectable } from '@nestjs/common';
import {
  invalidField,
  type FormatQueryRequest,
  type PrometheusReply,
  type QueryRangeRequest,
  type QueryRequest,
} from '@scm/contracts';
import { currentActor, type JsonText } from '@scm/messaging';
import { parseQuery, prettify, type QueryTimes } from '@scm/promql';
import { QueryCache } from './query-cache.js';
import { QueryEngine, type ParsedQuery } from './query-engine.js';
import { readField } from './query-fault.js';
import { replyText } from './reply-text.js';
import { SampleReader } from './sample-reader.js';
import { limitOf, stepOf, timeOf, timeoutOf } from './time-parameters.js';

const MAX_STEPS = 11_000;

/** Answers PromQL queries in the shapes of Prometheus's HTTP API. */
@Injectable()
export class QueryService {
  constructor(
    private readonly reader: SampleReader,
    private readonly engine: QueryEngine,
    private readonly cache: QueryCache,
  ) {}

  async query({ query, time, limit, timeout }: QueryRequest): Promise<JsonText<PrometheusReply>> {
    const parsed = parsedOf(query);
    const atMs = time === undefined ? Date.now() : timeOf('time', time);
    return this.answer(parsed, { startMs: atMs, endMs: atMs, stepMs: 0 }, limitOf(limit), timeoutOf(timeout));
  }

  async queryRange(request: QueryRangeRequest): Promise<JsonText<PrometheusReply>> {
    const parsed = parsedOf(request.query);
    const [startMs, endMs] = [timeOf('start', request.start), timeOf('end', request.end)];
    const stepMs = stepOf(request.step);
    if (endMs < startMs) throw invalidField('end', 'lies before the start');
    if ((endMs - startMs) / stepMs > MAX_STEPS) {
      throw invalidField('step', `gives more than ${MAX_STEPS} points a series: take a longer step`);
    }
    return this.answer(parsed, { startMs, endMs, stepMs }, limitOf(request.limit), timeoutOf(request.timeout));
  }

  format({ query }: FormatQueryRequest): PrometheusReply {
    return { data: prettify(parsedOf(query).expr) };
  }

  private async answer(
    parsed: ParsedQuery,
    times: QueryTimes,
    most: number,
    timeoutMs: number,
  ): Promise<JsonText<PrometheusReply>> {
    const { workspaceId } = currentActor();
    const plan = readField('query', () => this.engine.plan(parsed, times, timeoutMs));
    await this.reader.catchUp();
    const { startMs, endMs, stepMs } = times;
    const text = JSON.stringify([parsed.source, startMs, endMs, stepMs, most]);
    return this.cache.answer({ workspaceId, text, extents: plan.requests }, async () =>
      replyText(await this.engine.answer(workspaceId, plan), endMs, most),
    );
  }
}

function parsedOf(query: string): ParsedQuery {
  return { source: query, expr: readField('query', () => parseQuery(query)) };
}
