import { Injectable } from '@nestjs/common';
import {
  invalidField,
  type LabelValuesRequest,
  type MatchRequest,
  type MetadataRequest,
  type PrometheusReply,
} from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import { MetricsConfig } from '../config.js';
import { hostMetrics } from '../collector/host-metrics.js';
import { familyOf } from '../metadata/metric.metadata.js';
import { MetadataService } from '../metadata/metadata.service.js';
import { keyOf, labelOf, type Labels } from '../series/labels.js';
import { SeriesRepository } from '../series/series.repository.js';
import { matchesAll } from './matcher.js';
import { parseSeriesSelector } from './selector.js';
import { limitOf, timeOf } from './time-parameters.js';

const DEFAULT_RANGE_MS = 366 * 86_400_000;

/** Which series, label names, label values and metrics there are. */
@Injectable()
export class CatalogueService {
  constructor(
    private readonly config: MetricsConfig,
    private readonly seriesRows: SeriesRepository,
    private readonly metadataOf: MetadataService,
  ) {}

  async series(request: MatchRequest): Promise<PrometheusReply> {
    if (!request.match?.length) throw invalidField('match', 'at least one selector is needed');
    return cut(await this.find(request), request.limit);
  }

  async labels(request: MatchRequest): Promise<PrometheusReply> {
    const names = (await this.find(request)).flatMap((labels) => Object.keys(labels));
    return cut([...new Set(names)].sort(), request.limit);
  }

  async labelValues(request: LabelValuesRequest): Promise<PrometheusReply> {
    const values = (await this.find(request)).map((labels) => labelOf(labels, request.label));
    return cut([...new Set(values)].filter((value) => value !== '').sort(), request.limit);
  }

  /** What senders said of metrics, and which others there are. */
  async metadata({ metric, limit }: MetadataRequest): Promise<PrometheusReply> {
    const known = new Map<string, object>();
    const { workspaceId } = currentActor();
    for (const { metric: name, ...rest } of await this.metadataOf.list(workspaceId)) known.set(name, rest);
    for (const name of await this.seriesRows.metrics(workspaceId)) {
      // The series of a histogram have other names than it has.
      if (!known.has(name) && !known.has(familyOf(name, 'histogram')))
        known.set(name, hostMetrics.get(name) ?? UNKNOWN);
    }
    const wanted = [...known.keys()].filter((name) => metric === undefined || name === metric).sort();
    return { data: Object.fromEntries(wanted.slice(0, limitOf(limit)).map((name) => [name, [known.get(name)]])) };
  }

  /** Clients choose by the version what they may ask: it is the one whose language is spoken. */
  buildInfo(): PrometheusReply {
    const version = this.config.promqlCompat === '2.x' ? '2.42.0' : '3.15.0';
    return { data: { version, revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' } };
  }

  private async find({ match, start, end }: MatchRequest): Promise<Labels[]> {
    const selectors = (match ?? []).map((text, i) => parseSeriesSelector(`match.${i}`, text));
    const endMs = end === undefined ? Date.now() + 600_000 : timeOf('end', end);
    const startMs = start === undefined ? endMs - DEFAULT_RANGE_MS : timeOf('start', start);
    if (endMs < startMs) throw invalidField('end', 'lies before the start');
    const { workspaceId } = currentActor();
    const found = new Map<string, Labels>();
    for (const selector of selectors.length > 0 ? selectors : [undefined]) {
      for (const { labels } of await this.seriesRows.list(workspaceId, selector?.name, startMs, endMs)) {
        if (!selector || matchesAll(selector.matchers, labels)) found.set(keyOf(labels), labels);
      }
    }
    return [...found.values()];
  }
}

const UNKNOWN = { type: 'unknown', help: '', unit: '' };

function cut(values: unknown[], limitText: string | undefined): PrometheusReply {
  const limit = limitOf(limitText);
  const cutOff = values.length > limit;
  return { data: values.slice(0, limit), ...(cutOff && { warnings: ['results truncated due to limit'] }) };
}
