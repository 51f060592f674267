import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { unavailableIfAway } from '@scm/database';
import { MetricsConfig } from '../config.js';
import type { Identity } from '../ingest/identity.js';
import { SeriesRepository } from '../series/series.repository.js';
import { LabelBudgets, type Overflow } from './label.budgets.js';

const RENEW_MS = 3_600_000;
const MAX_WORKSPACES = 64;

/**
 * Keeps one label with ever new values from taking the room of all other series: beyond its budget its values become
 * `__overflow__`. Budgets are counted from the series that there are, and anew each hour, when some may have ended.
 */
@Injectable()
export class CardinalityGuard {
  private readonly budgets = new LRUCache<string, LabelBudgets>({ max: MAX_WORKSPACES, ttl: RENEW_MS });
  private readonly loading = new Map<string, Promise<LabelBudgets>>();

  constructor(
    private readonly config: MetricsConfig,
    private readonly seriesRows: SeriesRepository,
  ) {}

  /** What is known of a workspace now. */
  async of(workspaceId: string): Promise<LabelBudgets> {
    const known = this.budgets.get(workspaceId);
    if (known) return known;
    const loading = this.loading.get(workspaceId) ?? this.load(workspaceId);
    this.loading.set(workspaceId, loading);
    return loading.finally(() => this.loading.delete(workspaceId));
  }

  /** What happened to a series, in words for its sender. */
  warningOf({ labels, folded = [] }: Identity): string {
    const names = folded.map((label) => JSON.stringify(label)).join(', ');
    return `${labels.__name__}: ${names} has more than ${this.config.maxLabelValues} values (SCM_MAX_LABEL_VALUES): further ones are __overflow__`;
  }

  async overflows(workspaceId: string): Promise<Overflow[]> {
    return [...(await this.of(workspaceId)).overflows.values()];
  }

  private async load(workspaceId: string): Promise<LabelBudgets> {
    const budgets = new LabelBudgets(this.config.maxLabelValues);
    const all = await this.seriesRows
      .labelsOfAll(workspaceId, 0)
      .catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
    for (const labels of all) budgets.count(labels);
    this.budgets.set(workspaceId, budgets);
    return budgets;
  }
}
