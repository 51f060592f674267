import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ExecutionStatus } from '@scm/contracts';
import { Database, type CursorKey } from '@scm/database';
import { ExecutionEntity, HistoryEventEntity, type ExecutionRow } from './execution.entities.js';

/** What requests read, as the role that sees one workspace. */
@Injectable()
export class ExecutionRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  async find(tx: EntityManager, id: string): Promise<ExecutionRow | undefined> {
    return (await tx.findOneBy(ExecutionEntity, { id })) ?? undefined;
  }

  /** Newest first. */
  async list(
    workspaceId: string,
    wanted: { workflow?: string; status?: ExecutionStatus; limit: number; after?: CursorKey },
  ): Promise<ExecutionRow[]> {
    const { workflow, status, limit, after } = wanted;
    return this.inWorkspace(workspaceId, (tx) => {
      const query = tx
        .createQueryBuilder(ExecutionEntity, 'e')
        .where('e.workspaceId = :workspaceId', { workspaceId })
        .orderBy('e.createdAt', 'DESC')
        .addOrderBy('e.id', 'DESC')
        .limit(limit);
      if (workflow) query.andWhere('e.workflow = :workflow', { workflow });
      if (status) query.andWhere('e.status = :status', { status });
      if (after) query.andWhere('(e.createdAt, e.id) < (:at::timestamptz, :id::uuid)', { at: after[0], id: after[1] });
      return query.getMany();
    });
  }

  /** In order, after `seq`. */
  async history(tx: EntityManager, executionId: string, seq = 0, limit?: number): Promise<HistoryEventEntity[]> {
    const query = tx
      .createQueryBuilder(HistoryEventEntity, 'h')
      .where('h.executionId = :executionId and h.seq > :seq', { executionId, seq })
      .orderBy('h.seq');
    return (limit === undefined ? query : query.limit(limit)).getMany();
  }
}
