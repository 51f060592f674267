import { Injectable } from '@nestjs/common';
import { currentCall } from '@scm/messaging';
import { QueryPlan, type Expr, type QueryResult, type QueryTimes } from '@scm/promql';
import { MetricsConfig } from '../config.js';
import { evaluated } from './query-fault.js';
import { SampleReader, type ReadSeries } from './sample-reader.js';

/** A query that has been read. */
export interface ParsedQuery {
  readonly source: string;
  readonly expr: Expr;
}

/** Plans queries by this service's settings, and answers them from its samples. */
@Injectable()
export class QueryEngine {
  constructor(
    private readonly config: MetricsConfig,
    private readonly reader: SampleReader,
  ) {}

  /** Throws a PromqlError for what cannot be asked at these times. `timeoutMs` is the asker's own, if that is shorter. */
  plan({ source, expr }: ParsedQuery, times: QueryTimes, timeoutMs = Infinity): QueryPlan {
    const { promqlCompat: compat, queryMaxSamples: maxSamples, queryTimeoutMs } = this.config;
    const leftMs = (currentCall()?.deadline ?? Infinity) - Date.now();
    const deadlineAt = performance.now() + Math.min(queryTimeoutMs, timeoutMs, leftMs);
    return new QueryPlan(source, expr, times, { compat, maxSamples, deadlineAt });
  }

  /** Reads the samples and evaluates; throws FAILED_PRECONDITION or DEADLINE_EXCEEDED. */
  async answer(workspaceId: string, plan: QueryPlan): Promise<QueryResult> {
    const answers: ReadSeries[][] = [];
    for (const request of plan.requests) {
      const read = await this.reader.read(workspaceId, request, request.fromMs, request.toMs);
      // What is read from the head may change while the next is read.
      answers.push(plan.requests.length > 1 ? read.map(copied) : read);
    }
    return evaluated(() => plan.evaluate(answers));
  }
}

function copied({ labels, times, values }: ReadSeries): ReadSeries {
  return { labels, times: times.slice(), values: values.slice() };
}
