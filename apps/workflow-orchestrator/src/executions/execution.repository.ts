import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ExecutionStatus } from '@scm/contracts';
import { Database, type CursorKey } from '@scm/database';
import { ExecutionEntity, HistoryEventEntity, type ExecutionRow } from './execution.entities.js';
import { RowCodec, type Form } from './row.codec.js';

/** What requests read, as the role that sees one workspace. */
@Injectable()
export class ExecutionRepository {
  constructor(
    private readonly database: Database,
    private readonly codec: RowCodec,
  ) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  async find(tx: EntityManager, id: string, form?: Form): Promise<ExecutionRow | undefined> {
    const found = await tx.findOneBy(ExecutionEntity, { id });
    return found ? (await this.codec.open([found], form))[0] : undefined;
  }

  /** Newest first. */
  async list(
    workspaceId: string,
    wanted: { workflow?: string; status?: ExecutionStatus; limit: number; after?: CursorKey },
  ): Promise<ExecutionRow[]> {
    const { workflow, status, limit, after } = wanted;
    return this.inWorkspace(workspaceId, async (tx) => {
      const query = tx
        .createQueryBuilder(ExecutionEntity, 'e')
        .where('e.workspaceId = :workspaceId', { workspaceId })
        .orderBy('e.createdAt', 'DESC')
        .addOrderBy('e.id', 'DESC')
        .limit(limit);
      if (workflow) query.andWhere('e.workflow = :workflow', { workflow });
      if (status) query.andWhere('e.status = :status', { status });
      if (after) query.andWhere('(e.createdAt, e.id) < (:at::timestamptz, :id::uuid)', { at: after[0], id: after[1] });
      return this.codec.open(await query.getMany(), 'shown');
    });
  }

  /** In order, after the sequence number `after`. */
  async history(
    tx: EntityManager,
    executionId: string,
    { after = 0, limit, form }: { after?: number; limit?: number; form?: Form } = {},
  ): Promise<HistoryEventEntity[]> {
    const query = tx
      .createQueryBuilder(HistoryEventEntity, 'h')
      .where('h.executionId = :executionId and h.seq > :seq', { executionId, seq: after })
      .orderBy('h.seq');
    return this.codec.openHistory(await (limit === undefined ? query : query.limit(limit)).getMany(), form);
  }
}
