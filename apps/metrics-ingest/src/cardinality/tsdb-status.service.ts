import { Injectable } from '@nestjs/common';
import { invalidField, type PrometheusReply, type TsdbStatusRequest } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import { MetricsConfig } from '../config.js';
import { labelOf } from '../series/labels.js';
import { SeriesRepository } from '../series/series.repository.js';
import { CardinalityGuard } from './cardinality.guard.js';
import { bytesOf, counted, top, valuesByLabel } from './label.counts.js';

const SHOWN = 10;
const HOUR_MS = 3_600_000;

/** What takes the most room, in the shape of Prometheus's `/status/tsdb`, and, beside it, which labels have too many values. */
@Injectable()
export class TsdbStatusService {
  constructor(
    private readonly config: MetricsConfig,
    private readonly seriesRows: SeriesRepository,
    private readonly guard: CardinalityGuard,
  ) {}

  async status({ limit }: TsdbStatusRequest): Promise<PrometheusReply> {
    const shown = limit === undefined ? SHOWN : Number(limit);
    if (!Number.isInteger(shown) || shown < 1 || shown > 10_000) throw invalidField('limit', 'must be 1 to 10000');
    const { workspaceId } = currentActor();
    const [minTime, maxTime] = [Date.now() - this.config.retentionHours * HOUR_MS, Date.now()];
    const all = await this.seriesRows.labelsOfAll(workspaceId, minTime);
    const overflows = await this.guard.overflows(workspaceId);
    const values = valuesByLabel(all);
    const pairs = counted(all.flatMap((labels) => Object.entries(labels).map(([name, value]) => `${name}=${value}`)));
    const list = (entries: Iterable<[string, number]>) => top(entries, shown);
    return {
      data: {
        headStats: { numSeries: all.length, numLabelPairs: pairs.size, chunkCount: all.length, minTime, maxTime },
        seriesCountByMetricName: list(counted(all.map((labels) => labelOf(labels, '__name__')))),
        labelValueCountByLabelName: list([...values].map(([name, set]) => [name, set.size])),
        memoryInBytesByLabelName: list([...values].map(([name, set]) => [name, bytesOf(set)])),
        seriesCountByLabelValuePair: list(pairs),
        overflows: overflows.map(({ metric, label, folded, sinceMs }) => {
          return { metric, label, limit: this.config.maxLabelValues, folded, since: new Date(sinceMs).toISOString() };
        }),
      },
    };
  }
}
