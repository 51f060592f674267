import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { ExemplarsRequest, PrometheusReply } from '@scm/contracts';
import { unavailableIfAway } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { parseQuery, type Matcher, type VectorSelector } from '@scm/promql';
import { MetricsConfig } from '../config.js';
import type { Identity } from '../ingest/identity.js';
import { Periodic } from '../lease/periodic.js';
import { matchesAll } from '../query/matcher.js';
import { readField } from '../query/query-fault.js';
import { timeOf } from '../query/time-parameters.js';
import { seriesText, type Labels } from '../series/labels.js';
import { ExemplarAllowance } from './exemplar.allowance.js';
import { ExemplarRepository, type StoredExemplar } from './exemplar.repository.js';

export interface NewExemplar {
  identity: Identity;
  labels: Labels;
  value: number;
  timeMs: number;
}

const SWEEP_MS = 60_000;
const HOUR_MS = 3_600_000;
const MAX_SHOWN = 10_000;

/** Examples of what samples counted, kept as long as samples are, but no more than a bounded rate of them. */
@Injectable()
export class ExemplarService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly periodic = new Periodic(ExemplarService.name, SWEEP_MS, (nowMs) => this.sweep(nowMs));
  private readonly allowance: ExemplarAllowance;

  constructor(
    private readonly config: MetricsConfig,
    private readonly repository: ExemplarRepository,
  ) {
    this.allowance = new ExemplarAllowance(config.exemplarsPerMinute);
  }

  onApplicationBootstrap(): void {
    this.periodic.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.periodic.stop();
  }

  /** @returns how many are stored now: those beyond what a workspace may bring in a minute are not. */
  async store(workspaceId: string, exemplars: readonly NewExemplar[]): Promise<number> {
    const taken = exemplars.slice(0, this.allowance.take(workspaceId, exemplars.length));
    if (taken.length === 0) return 0;
    const rows = taken.map(({ identity, ...rest }) => ({ key: identity.key, seriesLabels: identity.labels, ...rest }));
    await this.repository.add(workspaceId, rows).catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
    return taken.length;
  }

  /** Prometheus's `/query_exemplars`: those of every series that a part of the query selects. */
  async query({ query, start, end }: ExemplarsRequest): Promise<PrometheusReply> {
    const selectors = selectorsOf(readField('query', () => parseQuery(query)));
    const [fromMs, toMs] = [start ? timeOf('start', start) : 0, end ? timeOf('end', end) : Date.now() + HOUR_MS];
    const { workspaceId } = currentActor();
    const found = new Map<string, StoredExemplar[]>();
    for (const { matchers } of selectors) {
      for (const one of await this.repository.list(workspaceId, nameIn(matchers), fromMs, toMs, MAX_SHOWN)) {
        if (!matchesAll(matchers, one.seriesLabels)) continue;
        const series = seriesText(one.seriesLabels);
        const known = found.get(series) ?? [];
        if (!known.some(({ timeMs }) => timeMs === one.timeMs)) found.set(series, [...known, one]);
      }
    }
    return { data: [...found.values()].map(shapeOf) };
  }

  private async sweep(nowMs: number): Promise<void> {
    while ((await this.repository.deleteBefore(nowMs - this.config.retentionHours * HOUR_MS)) > 0);
  }
}

function selectorsOf(part: unknown): VectorSelector[] {
  if (typeof part !== 'object' || part === null) return [];
  const isSelector = (part as { kind?: unknown }).kind === 'vector-selector';
  return isSelector ? [part as VectorSelector] : Object.values(part).flatMap(selectorsOf);
}

function nameIn(matchers: readonly Matcher[]): string | undefined {
  return matchers.find(({ label, operator }) => label === '__name__' && operator === '=')?.value;
}

function shapeOf(exemplars: StoredExemplar[]): object {
  return {
    seriesLabels: exemplars[0]?.seriesLabels,
    exemplars: exemplars.map(({ labels, value, timeMs }) => ({
      labels,
      value: String(value),
      timestamp: Math.round(timeMs) / 1_000,
    })),
  };
}
