import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { unavailableIfAway } from '@scm/database';
import { MetricsConfig } from '../config.js';
import { MetadataRepository } from './metadata.repository.js';
import { storable, type MetricMetadata } from './metric.metadata.js';

/** Type, help and unit of metrics, as senders last said them. */
@Injectable()
export class MetadataService {
  /** What this replica knows to be stored; senders say the same again and again. */
  private readonly stored = new LRUCache<string, string>({ max: 20_000 });

  constructor(
    private readonly config: MetricsConfig,
    private readonly repository: MetadataRepository,
  ) {}

  /** Stores what is new. */
  async note(workspaceId: string, entries: Iterable<MetricMetadata>): Promise<void> {
    const fresh = new Map<string, MetricMetadata>();
    for (const entry of entries) {
      const kept = storable(entry);
      if (kept && this.stored.get(`${workspaceId}${kept.metric}`) !== textOf(kept)) fresh.set(kept.metric, kept);
    }
    if (fresh.size === 0) return;
    const list = [...fresh.values()];
    await this.repository
      .save(workspaceId, list, this.config.maxSeries)
      .catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
    for (const entry of list) this.stored.set(`${workspaceId}${entry.metric}`, textOf(entry));
  }

  async list(workspaceId: string): Promise<MetricMetadata[]> {
    return this.repository.list(workspaceId);
  }
}

function textOf({ type, help, unit }: MetricMetadata): string {
  return `${type}\0${unit}\0${help}`;
}
