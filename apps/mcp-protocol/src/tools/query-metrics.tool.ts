import { Injectable } from '@nestjs/common';
import { invalidField, MetricsApi, Text, Whole, type PrometheusReply } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import type { Tool } from './tool.js';

const DEFAULT_SERIES = 20;
const MAX_POINTS = 120;

class QueryMetricsInput {
  @Text({
    max: 8_192,
    description: 'PromQL, such as scm_host_load1 or sum by (instance) (rate(http_requests_total[5m]))',
  })
  query: string;

  @Text({ max: 64, optional: true, description: 'The instant to look at, Unix seconds or RFC 3339; default now' })
  time?: string;

  @Text({ max: 64, optional: true, description: 'Begin of a range; with it a range is answered' })
  start?: string;

  @Text({ max: 64, optional: true, description: 'End of the range; default now' })
  end?: string;

  @Text({ max: 64, optional: true, description: 'Distance of the points, such as 15s' })
  step?: string;

  @Whole({ min: 1, max: 200, optional: true, description: 'Most series to show; default 20' })
  maxSeries?: number;
}

interface Shape {
  resultType: string;
  result: unknown[];
}

/** Answers that fit a context window: what is left out is said, never cut silently. */
@Injectable()
export class QueryMetricsTool implements Tool<QueryMetricsInput> {
  readonly name = 'query_metrics';
  readonly title = 'Query metrics';
  readonly description =
    'Evaluates a PromQL query now, at an instant, or over a range; says how many series there are in all.';
  readonly input = QueryMetricsInput;
  readonly access = 'metrics:read';
  readonly annotations = { readOnlyHint: true };

  constructor(private readonly messaging: MessagingClient) {}

  async run(input: QueryMetricsInput): Promise<object> {
    const { data, warnings, infos } = await this.ask(input);
    const { resultType, result } = data as Shape;
    // Of a scalar or a text the result is one point.
    const list = resultType === 'vector' || resultType === 'matrix' ? result : [result];
    const shown = list.slice(0, input.maxSeries ?? DEFAULT_SERIES);
    return {
      resultType,
      totalSeries: list.length,
      shownSeries: shown.length,
      result: shown,
      ...(warnings && { warnings }),
      ...(infos && { infos }),
    };
  }

  private async ask({ query, time, start, end, step }: QueryMetricsInput): Promise<PrometheusReply> {
    if (start === undefined) {
      if (end !== undefined || step !== undefined)
        throw invalidField('start', 'is missing: a range has start, end and step');
      return this.messaging.request(MetricsApi.query, { query, ...(time && { time }) });
    }
    const until = end ?? String(Date.now() / 1_000);
    return this.messaging.request(MetricsApi.queryRange, {
      query,
      start,
      end: until,
      step: step ?? stepFor(start, until),
    });
  }
}

function stepFor(start: string, end: string): string {
  const seconds = secondsOf(end) - secondsOf(start);
  return String(Math.max(1, Math.ceil(seconds / MAX_POINTS) || 1));
}

function secondsOf(time: string): number {
  return Number.isNaN(Number(time)) ? Date.parse(time) / 1_000 : Number(time);
}
