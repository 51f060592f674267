import { Injectable } from '@nestjs/common';
import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import type { EntityManager } from 'typeorm';
import { WorkflowEvents } from '@scm/contracts';
import { Database, newId, unavailableIfAway } from '@scm/database';
import type { Transition } from './advance.js';
import { eventOf } from './execution-event.js';
import type { ExecutionRow } from './execution.entities.js';

export interface Move {
  execution: ExecutionRow;
  transition: Transition;
}

const COLUMNS = `id, workspace_id as "workspaceId", workflow, version, status, revision, cursor, attempt, capability, input,
  data, context, output, error, started_by as "startedBy", traceparent, created_at as "createdAt",
  opened_at as "openedAt", due_at as "dueAt", check_at as "checkAt", ended_at as "endedAt"`;

/**
 * One statement for any number of transitions: the row moves if nobody moved it since it was read, and with it go its
 * history row and the event it owes. Gives the ids that moved.
 */
const MOVE = `with wanted as (
  select * from jsonb_to_recordset($1::jsonb) as w(id uuid, revision int, status text, cursor int, attempt int,
    capability text, data jsonb, context jsonb, output jsonb, error jsonb, "openedAt" timestamptz, "dueAt" timestamptz,
    "checkAt" timestamptz, "endedAt" timestamptz, type text, at timestamptz, history jsonb, "eventId" uuid, event jsonb)
), moved as (
  update executions e set revision = e.revision + 1, status = w.status, cursor = w.cursor, attempt = w.attempt,
    capability = w.capability, data = w.data, context = w.context, output = w.output, error = w.error,
    opened_at = w."openedAt", due_at = w."dueAt", check_at = w."checkAt", ended_at = w."endedAt"
  from wanted w where e.id = w.id and e.revision = w.revision
  returning e.id, e.workspace_id, e.workflow, e.revision, e.traceparent, w.type, w.at, w.history, w."eventId", w.event
), kept as (
  insert into history_events (execution_id, seq, workspace_id, at, type, data)
  select id, revision, workspace_id, at, type, history from moved
), owed as (
  insert into event_outbox (workspace_id, id, subject, keys, payload, traceparent)
  select workspace_id, "eventId", $2, array[workspace_id::text, workflow, id::text], event, traceparent from moved
) select id from moved`;

const DEADLOCK = '40P01';

/** The hot path of executions, over the system role's pool: what it does spans workspaces and is batched. */
@Injectable()
export class TransitionRepository {
  constructor(private readonly database: Database) {}

  async read(ids: readonly string[]): Promise<ExecutionRow[]> {
    const text = `select ${COLUMNS} from executions where id = any($1::uuid[])`;
    const { rows } = await this.query<ExecutionRow>({
      name: 'read-executions',
      text,
      values: [ids],
    });
    return rows;
  }

  /** Ids that moved; the others were moved by someone else in between. */
  async moveAll(moves: readonly Move[]): Promise<Set<string>> {
    try {
      const { rows } = await this.query<{ id: string }>({
        name: 'move-executions',
        text: MOVE,
        values: valuesOf(moves),
      });
      return new Set(rows.map((row) => row.id));
    } catch (error) {
      // Two replicas met in the same rows; whoever lost reads them again.
      if ((error as { code?: unknown }).code === DEADLOCK) return new Set();
      throw error;
    }
  }

  /** One transition inside a transaction that locked the row. */
  async moveIn(tx: EntityManager, move: Move): Promise<void> {
    await tx.query(MOVE, valuesOf([move]));
  }

  /**
   * Takes executions whose time to be checked has come; another replica does not get them before `recheckMs` from now.
   * They come as they are after that.
   */
  async takeDue(now: Date, recheckMs: number, limit: number): Promise<ExecutionRow[]> {
    const { rows } = await this.query<ExecutionRow>({
      name: 'take-due-executions',
      text: `update executions set check_at = $2 where id in (
        select id from executions where check_at <= $1 order by check_at limit $3 for update skip locked)
        returning ${COLUMNS}`,
      values: [now, new Date(now.getTime() + recheckMs), limit],
    });
    return rows;
  }

  private async query<Row extends QueryResultRow>(prepared: QueryConfig): Promise<QueryResult<Row>> {
    return this.database.systemPool
      .query<Row>(prepared)
      .catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
  }
}

function valuesOf(moves: readonly Move[]): [string, string] {
  const wanted = moves.map(({ execution, transition }) => ({
    id: execution.id,
    revision: execution.revision,
    ...transition.state,
    type: transition.type,
    at: transition.at,
    history: transition.data,
    eventId: newId(),
    event: eventOf(execution, transition, execution.revision + 1),
  }));
  return [JSON.stringify(wanted), WorkflowEvents.executionChanged.subject];
}
