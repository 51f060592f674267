import { Injectable } from '@nestjs/common';
import { auditInsert, type AuditRow } from '@scm/audit';
import type { PoolClient, QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { WorkflowEvents, type EventContract } from '@scm/contracts';
import { Database, newId, unavailableIfAway } from '@scm/database';
import { EventRelay } from '@scm/service';
import type { HeldCounters } from '../queues/grant.repository.js';
import { queueParts } from '../queues/queue.sql.js';
import { eventOf, outlineOf } from './execution-event.js';
import { ExecutionCache } from './execution.cache.js';
import type { ExecutionRow } from './execution.entities.js';
import type { Move } from './move.js';
import { EventSeal } from '../payloads/event.seal.js';
import { RowCodec } from './row.codec.js';

/** A move, and the row that puts it on record when a person made it. */
export interface Audited {
  move: Move;
  audit?: AuditRow;
}

const COLUMNS = `id, workspace_id as "workspaceId", workflow, version, status, revision, input, state, output, error,
  started_by as "startedBy", traceparent, created_at as "createdAt", open_calls as "openCalls", opened_at as "openedAt",
  carried, listens, waits, check_at as "checkAt", ended_at as "endedAt", parent_id as "parentId",
  parent_frame as "parentFrame", attributes, priority, queued`;

/**
 * One statement for any number of transitions: the row moves if nobody moved it since it was read, and with it go its
 * history row and the events it owes. Gives the ids that moved.
 */
const move = ({ queues }: { queues: boolean }) => `with wanted as (
  select * from jsonb_to_recordset($1::jsonb) as w(id uuid, revision int, status text, state jsonb, output jsonb,
    error jsonb, "openCalls" text[], "openedAt" timestamptz, carried jsonb, listens text[], waits text[],
    "checkAt" timestamptz, "endedAt" timestamptz, type text, at timestamptz, history jsonb, events jsonb, audit jsonb,
    queued int[], calls jsonb, released int[], park boolean)
), moved as (
  update executions e set revision = e.revision + 1, status = w.status, state = w.state, output = w.output,
    error = w.error, open_calls = w."openCalls", opened_at = w."openedAt", carried = w.carried, listens = w.listens,
    waits = w.waits, check_at = w."checkAt", ended_at = w."endedAt"${queues ? ', queued = w.queued' : ''}
  from wanted w where e.id = w.id and e.revision = w.revision
  returning e.id, e.workspace_id, e.revision, e.traceparent, w.type, w.at, w.history, w.events, w.audit,
    w.calls, w.released, w.park
), kept as (
  insert into history_events (execution_id, seq, workspace_id, at, type, data)
  select id, revision, workspace_id, at, type, history from moved
), owed as (
  insert into event_outbox (workspace_id, id, subject, keys, payload, traceparent)
  select moved.workspace_id, event.id, event.subject, event.keys, event.payload, moved.traceparent
  from moved, jsonb_to_recordset(moved.events) as event(id uuid, subject text, keys text[], payload jsonb)
), audited as (
  ${auditInsert("(select audit from moved where audit is not null and audit <> 'null') a")}
)${queues ? `, ${queueParts('moved')}` : ''} select id from moved`;

const add = ({ queues }: { queues: boolean }) => `with wanted as (
  select * from jsonb_to_recordset($1::jsonb) as w(id uuid, "workspaceId" uuid, workflow text, version text, status text,
    input jsonb, state jsonb, output jsonb, error jsonb, "startedBy" text, traceparent text, "createdAt" timestamptz,
    "openCalls" text[], "openedAt" timestamptz, listens text[], waits text[], "checkAt" timestamptz, "endedAt" timestamptz,
    "parentId" uuid, "parentFrame" int, attributes jsonb, type text, at timestamptz, history jsonb, events jsonb,
    audit jsonb, priority smallint, queued int[], calls jsonb)
), added as (
  insert into executions (id, workspace_id, workflow, version, status, revision, input, state, output, error, started_by,
    traceparent, created_at, open_calls, opened_at, listens, waits, check_at, ended_at, parent_id, parent_frame,
    attributes, priority, queued)
  select id, "workspaceId", workflow, version, status, 1, input, state, output, error, "startedBy", traceparent,
    "createdAt", "openCalls", "openedAt", listens, waits, "checkAt", "endedAt", "parentId", "parentFrame",
    nullif(attributes, 'null'), priority, queued from wanted
  on conflict do nothing returning id
), fresh as (
  select wanted.* from wanted join added using (id)
), described as (
  insert into execution_attributes (execution_id, name, workspace_id, value, created_at)
  select fresh.id, a.key, "workspaceId", a.value, "createdAt"
  from fresh, jsonb_each_text(coalesce(nullif(attributes, 'null'), '{}')) a
), kept as (
  insert into history_events (execution_id, seq, workspace_id, at, type, data)
  select id, 1, "workspaceId", at, type, history from fresh
), owed as (
  insert into event_outbox (workspace_id, id, subject, keys, payload, traceparent)
  select fresh."workspaceId", event.id, event.subject, event.keys, event.payload, fresh.traceparent
  from fresh, jsonb_to_recordset(fresh.events) as event(id uuid, subject text, keys text[], payload jsonb)
), audited as (
  ${auditInsert('fresh')}
)${
  queues
    ? `, begun as (select id, "workspaceId" as workspace_id, at, calls, null::int[] as released, null::boolean as park from fresh),
${queueParts('begun')}`
    : ''
} select id from added`;

/** Most transitions have nothing to do with the queue, and pay nothing for it. */
const statements = {
  move: { straight: move({ queues: false }), queueing: move({ queues: true }) },
  start: { straight: add({ queues: false }), queueing: add({ queues: true }) },
};

function variantOf(audited: readonly Audited[]): 'straight' | 'queueing' {
  return audited.some((one) => one.move.queueing) ? 'queueing' : 'straight';
}

/** Two replicas waited for each other, and this one has lost. */
export function isDeadlock(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === '40P01';
}

/** The hot path of executions, over the system role's pool: what it does spans workspaces and is batched. */
@Injectable()
export class TransitionRepository {
  constructor(
    private readonly database: Database,
    private readonly codec: RowCodec,
    private readonly events: EventSeal,
    private readonly cache: ExecutionCache,
    private readonly relay: EventRelay,
  ) {}

  /** As they are, or as this replica last wrote them: see the cache. */
  async readKnown(ids: readonly string[]): Promise<{ row: ExecutionRow; isFresh: boolean }[]> {
    const known = ids.map((id) => this.cache.get(id)).filter((row) => row !== undefined);
    const missing = ids.filter((id) => !known.some((row) => row.id === id));
    const read = missing.length > 0 ? await this.read(missing) : [];
    return [...known.map((row) => ({ row, isFresh: false })), ...read.map((row) => ({ row, isFresh: true }))];
  }

  async read(ids: readonly string[]): Promise<ExecutionRow[]> {
    const text = `select ${COLUMNS} from executions where id = any($1::uuid[])`;
    const { rows } = await this.query<ExecutionRow>({ name: 'read-executions', text, values: [ids] });
    return this.codec.open(rows);
  }

  /** The newest version of each workflow, undefined of one that does not exist. */
  async newestVersions(asked: readonly { workspaceId: string; workflow: string }[]): Promise<(string | undefined)[]> {
    const { rows } = await this.query<{ version: string | null }>({
      name: 'newest-versions',
      text: `select w.newest_version as version
        from unnest($1::uuid[], $2::text[]) with ordinality as a (workspace_id, name, place)
        left join workflows w using (workspace_id, name) order by place`,
      values: [asked.map(({ workspaceId }) => workspaceId), asked.map(({ workflow }) => workflow)],
    });
    return rows.map(({ version }) => version ?? undefined);
  }

  /** Ids that moved; the others were moved by someone else in between. */
  async moveAll(moves: readonly Audited[], held?: HeldCounters): Promise<Set<string>> {
    try {
      return await this.write('move', moves, (audited) => this.recordOf(audited), held);
    } catch (error) {
      // Two replicas met in the same rows; whoever lost reads them again.
      if (!held && isDeadlock(error)) return new Set();
      throw error;
    }
  }

  /** Ids that are new; the others were there. */
  async startAll(starts: readonly Audited[], held?: HeldCounters): Promise<Set<string>> {
    const toRecord = async (audited: Audited) => ({ ...audited.move.after, ...(await this.recordOf(audited)) });
    return this.write('start', starts, toRecord, held);
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
    return this.codec.open(rows);
  }

  /** Checks executions later, or not at all, unless they moved on. */
  async postpone(checks: readonly Pick<ExecutionRow, 'id' | 'revision' | 'checkAt'>[]): Promise<void> {
    await this.query({
      name: 'postpone-executions',
      text: `update executions e set check_at = c."checkAt"
        from jsonb_to_recordset($1::jsonb) as c (id uuid, revision int, "checkAt" timestamptz)
        where e.id = c.id and e.revision = c.revision`,
      values: [JSON.stringify(checks)],
    });
  }

  /** Executions of a workspace that wait for events of that type, in the order of their ids. */
  async listening(workspaceId: string, type: string, after: string, limit: number): Promise<string[]> {
    const { rows } = await this.query<{ id: string }>({
      name: 'listening-executions',
      text: `select id from executions where workspace_id = $1 and listens is not null and listens && array[$2, '*']
        and id > $3::uuid order by id limit $4`,
      values: [workspaceId, type, after, limit],
    });
    return rows.map(({ id }) => id);
  }

  private async write(
    what: keyof typeof statements,
    wanted: readonly Audited[],
    toRecord: (audited: Audited) => Promise<object>,
    held?: HeldCounters,
  ): Promise<Set<string>> {
    const records = (await Promise.all(wanted.map(toRecord))).map((record) => JSON.stringify(record));
    const kind = variantOf(wanted);
    const begun = kind === 'queueing' ? [JSON.stringify(held?.grants.begun() ?? [])] : [];
    const statement = {
      name: `${what}-executions-${kind}`,
      text: statements[what][kind],
      values: [`[${records.join(',')}]`, ...begun],
    };
    const { rows } = await this.query<{ id: string }>(statement, held?.client);
    const written = new Set(rows.map(({ id }) => id));
    wanted.forEach(({ move: { after } }, i) => {
      if (written.has(after.id)) this.cache.set(after, records[i]?.length ?? 0);
      else this.cache.forget(after.id);
    });
    return written;
  }

  private async query<Row extends QueryResultRow>(
    prepared: QueryConfig,
    client: Pick<PoolClient, 'query'> = this.database.systemPool,
  ): Promise<QueryResult<Row>> {
    return client.query<Row>(prepared).catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
  }

  private async recordOf({ move, audit }: Audited): Promise<object> {
    const { before, after, transition, type, data, queueing } = move;
    const { id, workspaceId, workflow, status, openCalls, openedAt, carried, listens, waits, checkAt, endedAt } = after;
    const at = transition.moment.now;
    const [state, history] = [await this.codec.sealRow(after), await this.codec.sealHistory(after, data)];
    const outline = outlineOf(after, type, data, at);
    const changed = owed(WorkflowEvents.executionChanged, [workspaceId, workflow, id], outline);
    this.relay.hold(changed.id, eventOf(outline, this.codec.shown(after, data)));
    const events = [changed, ...(await this.emitted(workspaceId, transition.emitted))];
    return {
      id,
      revision: before.revision,
      status,
      state,
      input: null,
      output: null,
      error: null,
      openCalls,
      openedAt,
      carried,
      listens,
      waits,
      checkAt,
      endedAt,
      queued: after.queued,
      ...queueing,
      type,
      at,
      history,
      audit,
      events,
    };
  }

  private async emitted(workspaceId: string, emitted: readonly object[]) {
    return Promise.all(
      emitted.map(async (event) => {
        const payload = { workspaceId, event };
        const one = owed(WorkflowEvents.eventEmitted, [workspaceId], payload);
        return { ...one, payload: await this.events.seal(workspaceId, one.id, payload) };
      }),
    );
  }
}

function owed({ subject }: EventContract, keys: string[], payload: object) {
  return { id: newId(), subject, keys, payload };
}
