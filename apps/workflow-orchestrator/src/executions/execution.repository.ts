import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ExecutionStatus } from '@scm/contracts';
import { Database, type CursorKey } from '@scm/database';
import { ExecutionEntity, HistoryEventEntity, type ExecutionRow } from './execution.entities.js';
import { ExecutionAttributeEntity } from '../search/execution-attribute.entity.js';
import { RowCodec, type Form } from './row.codec.js';

/** What executions are looked for by; times are those of their creation, RFC 3339, `to` is no part of it. */
export interface Search {
  workflow?: string;
  status?: ExecutionStatus;
  from?: string;
  to?: string;
  /** Values of attributes as text, by name. */
  attr?: Record<string, string>;
}

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
  async list(workspaceId: string, wanted: Search & { limit: number; after?: CursorKey }): Promise<ExecutionRow[]> {
    const { workflow, status, from, to, attr = {}, limit, after } = wanted;
    const [first, ...others] = Object.entries(attr);
    // One attribute leads: its index has the order of the list.
    const [at, id] = first ? ['a.createdAt', 'a.executionId'] : ['e.createdAt', 'e.id'];
    return this.inWorkspace(workspaceId, async (tx) => {
      const query = tx
        .createQueryBuilder(ExecutionEntity, 'e')
        .where('e.workspaceId = :workspaceId', { workspaceId })
        .orderBy(at, 'DESC')
        .addOrderBy(id, 'DESC')
        .limit(limit);
      if (workflow) query.andWhere('e.workflow = :workflow', { workflow });
      if (status) query.andWhere('e.status = :status', { status });
      if (first) {
        const isIt = 'a.executionId = e.id and a.workspaceId = :workspaceId and a.name = :name0 and a.value = :value0';
        query.innerJoin(ExecutionAttributeEntity, 'a', isIt, { name0: first[0], value0: first[1] });
      }
      for (const [i, [name, value]] of others.entries()) {
        query.andWhere(
          `exists (select 1 from execution_attributes o where o.execution_id = e.id and o.workspace_id = :workspaceId
            and o.name = :name${i + 1} and o.value = :value${i + 1})`,
          { [`name${i + 1}`]: name, [`value${i + 1}`]: value },
        );
      }
      if (from) query.andWhere(`${at} >= :from::timestamptz`, { from });
      if (to) query.andWhere(`${at} < :to::timestamptz`, { to });
      if (after) query.andWhere(`(${at}, ${id}) < (:at::timestamptz, :id::uuid)`, { at: after[0], id: after[1] });
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
