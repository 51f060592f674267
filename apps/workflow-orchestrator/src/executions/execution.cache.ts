import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { ExecutionRow } from './execution.entities.js';

const MAX_CHARACTERS = 33_554_432;

/**
 * Executions as this replica last wrote them, so that the next change of one need not read it. What is here may be old:
 * who writes is fenced by the revision, and who finds nothing to write looks again.
 */
@Injectable()
export class ExecutionCache {
  private readonly rows = new LRUCache<string, ExecutionRow>({ max: 10_000, maxSize: MAX_CHARACTERS });

  get(id: string): ExecutionRow | undefined {
    return this.rows.get(id);
  }

  /** `characters`: of the row as JSON. */
  set(row: ExecutionRow, characters: number): void {
    if (row.endedAt) this.rows.delete(row.id);
    else this.rows.set(row.id, row, { size: characters });
  }

  forget(id: string): void {
    this.rows.delete(id);
  }
}
