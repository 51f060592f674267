import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { WorkflowEvents, type ExecutionStatus } from '@scm/contracts';
import { Database, oweEvent, type CursorKey } from '@scm/database';
import type { Transition } from './advance.js';
import { eventOf } from './execution-event.js';
import { ExecutionEntity, HistoryEventEntity, type ExecutionRow } from './execution.entities.js';

export type NewExecution = Pick<
  ExecutionRow,
  'id' | 'workspaceId' | 'workflow' | 'version' | 'input' | 'startedBy' | 'traceparent' | 'createdAt'
>;

/** What requests read and begin, as the role that sees one workspace. */
@Injectable()
export class ExecutionRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  /** Keeps a new execution with its first history row and the event it owes; false when it is there already. */
  async add(tx: EntityManager, execution: NewExecution, { state, type, data, at }: Transition): Promise<boolean> {
    const added = await tx.query<unknown[]>(
      `insert into executions (id, workspace_id, workflow, version, status, revision, cursor, attempt, capability, input,
         data, context, output, error, started_by, traceparent, created_at, opened_at, due_at, check_at, ended_at)
       values ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
       on conflict do nothing returning 1`,
      [
        execution.id,
        execution.workspaceId,
        execution.workflow,
        execution.version,
        state.status,
        state.cursor,
        state.attempt,
        state.capability,
        ...[execution.input, state.data, state.context, state.output, state.error].map((value) =>
          JSON.stringify(value ?? null),
        ),
        execution.startedBy,
        execution.traceparent,
        execution.createdAt,
        state.openedAt,
        state.dueAt,
        state.checkAt,
        state.endedAt,
      ],
    );
    if (added.length === 0) return false;
    const { id, workspaceId, workflow, traceparent } = execution;
    await tx.query(
      `insert into history_events (execution_id, seq, workspace_id, at, type, data) values ($1, 1, $2, $3, $4, $5)`,
      [id, workspaceId, at, type, JSON.stringify(data)],
    );
    await oweEvent(tx, WorkflowEvents.executionChanged, {
      workspaceId,
      keys: [workspaceId, workflow, id],
      payload: eventOf(execution, { state, type, data, at }, 1),
      traceparent: traceparent ?? undefined,
    });
    return true;
  }

  async find(tx: EntityManager, id: string): Promise<ExecutionRow | undefined> {
    return (await tx.findOneBy(ExecutionEntity, { id })) ?? undefined;
  }

  /** The row, kept from other writers until the transaction ends. */
  async lock(tx: EntityManager, id: string): Promise<ExecutionRow | undefined> {
    return (await tx.findOne(ExecutionEntity, { where: { id }, lock: { mode: 'pessimistic_write' } })) ?? undefined;
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
