import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ServiceError } from '@scm/contracts';
import { OrchestratorConfig } from '../orchestrator.config.js';
import { AdmissionRepository } from './admission.repository.js';

const COUNT_MS = 1_000;

/** Refuses starts when too much of their workspace waits, or when those before them are not answered. */
@Injectable()
export class StartGate {
  private readonly counts = new LRUCache<string, number>({
    max: 10_000,
    ttl: COUNT_MS,
    fetchMethod: (workspaceId) => this.repository.countOf(workspaceId, this.config.maxQueuedPerWorkspace),
  });
  /** When each start under way began, the oldest first, Unix milliseconds. */
  private readonly waiting = new Map<symbol, number>();

  constructor(
    private readonly repository: AdmissionRepository,
    private readonly config: OrchestratorConfig,
  ) {}

  async pass<T>(workspaceId: string, start: () => Promise<T>): Promise<T> {
    const [oldest] = this.waiting.values();
    if (oldest !== undefined && Date.now() - oldest > this.config.maxStartWaitMs) {
      throw refused('starts are not answered in time');
    }
    const count = (await this.counts.fetch(workspaceId)) ?? 0;
    if (count >= this.config.maxQueuedPerWorkspace) throw refused(`${count} steps and executions wait already`, 5_000);
    const key = Symbol(workspaceId);
    this.waiting.set(key, Date.now());
    try {
      return await start();
    } finally {
      this.waiting.delete(key);
    }
  }
}

function refused(why: string, retryAfterMs = 1_000): ServiceError {
  return new ServiceError('RESOURCE_EXHAUSTED', why, undefined, { retryAfterMs });
}
