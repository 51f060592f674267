import type { EntityManager } from 'typeorm';
import type { EventContract } from '@scm/contracts';
import type { Database } from './database.js';
import { newId } from './id.js';

/** An event owed to its stream. */
export interface OwedEvent {
  position: string;
  id: string;
  workspace_id: string;
  subject: string;
  keys: string[];
  payload: object;
  traceparent: string | null;
}

/** Where the stream of a service ended when it was last published to. */
export interface StreamMark {
  epoch: string;
  lastSeq: number;
}

/**
 * Owes an event in the transaction of its cause. A relay publishes it after the commit, at least once, in order. `seal` makes of the
 * payload what is stored until then.
 */
export async function oweEvent<P extends object>(
  tx: EntityManager,
  contract: EventContract<P>,
  event: { workspaceId: string; keys: readonly string[]; payload: P; traceparent?: string },
  seal: (id: string, payload: P) => Promise<unknown> = async (_, payload) => payload,
): Promise<void> {
  const id = newId();
  await tx.query(
    `insert into event_outbox (workspace_id, id, subject, keys, payload, traceparent) values ($1, $2, $3, $4, $5, $6)`,
    [
      event.workspaceId,
      id,
      contract.subject,
      event.keys,
      JSON.stringify(await seal(id, event.payload)),
      event.traceparent ?? null,
    ],
  );
}

/** The relay's side of the outbox. */
export class OutboxRepository {
  constructor(private readonly database: Database) {}

  /** Runs `work` while no other replica has its turn, in one transaction; waits until then. */
  async inTurn<T>(work: (turn: OutboxTurn) => Promise<T>): Promise<T> {
    return this.database.acrossWorkspaces(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtext($1))`, [this.lock]);
      return work(new OutboxTurn(tx));
    });
  }

  /** The same, but undefined at once when another replica has its turn. */
  async unlessBusy<T>(work: (turn: OutboxTurn) => Promise<T>): Promise<T | undefined> {
    return this.database.acrossWorkspaces(async (tx) => {
      const [lock] = await tx.query<{ mine: boolean }[]>(`select pg_try_advisory_xact_lock(hashtext($1)) as mine`, [
        this.lock,
      ]);
      return lock?.mine ? work(new OutboxTurn(tx)) : undefined;
    });
  }

  private get lock(): string {
    return `scm.outbox.${this.database.schema}`;
  }
}

/** Published events are kept as long as their streams keep them. */
const KEPT = '24 hours';

/** What one replica does to the outbox while it is its turn: so the order of commits is the order of the streams. */
export class OutboxTurn {
  constructor(private readonly tx: EntityManager) {}

  /** The oldest events that are owed, and where the streams ended, in one look. */
  async look(limit: number): Promise<{ events: OwedEvent[]; marks: Map<string, StreamMark> }> {
    const [found] = await this.tx.query<{ events: OwedEvent[] | null; marks: StreamRow[] | null }[]>(
      `select (select json_agg(e) from (select position::text, id, workspace_id, subject, keys, payload, traceparent
           from event_outbox where published_seq is null order by event_outbox.position limit $1) e) as events,
         (select json_agg(s) from event_streams s) as marks`,
      [limit],
    );
    return { events: found?.events ?? [], marks: marksOf(found?.marks ?? []) };
  }

  async marks(): Promise<Map<string, StreamMark>> {
    return marksOf(await this.tx.query<StreamRow[]>(`select name, epoch, last_seq from event_streams`));
  }

  /** Forgets events that are published; `kept` stay with their place in the stream, should it be lost before they were read. */
  async finish(published: readonly OwedEvent[], kept: readonly { event: OwedEvent; seq: number }[]): Promise<void> {
    const gone = new Set(published);
    for (const { event } of kept) gone.delete(event);
    if (gone.size > 0) {
      await this.tx.query(`delete from event_outbox where position = any($1)`, [[...gone].map((e) => e.position)]);
    }
    if (kept.length === 0) return;
    await this.tx.query(
      `update event_outbox o set published_seq = p.seq
       from unnest($1::bigint[], $2::bigint[]) as p (position, seq) where o.position = p.position`,
      [kept.map(({ event }) => event.position), kept.map(({ seq }) => seq)],
    );
    await this.tx.query(
      `delete from event_outbox where published_seq is not null and created_at < now() - interval '${KEPT}'`,
    );
  }

  /** Owes again what was published as `seq` or later and kept. */
  async oweAgain(subjects: readonly string[], seq: number): Promise<void> {
    await this.tx.query(
      `update event_outbox set published_seq = null where subject = any($1) and published_seq >= $2`,
      [subjects, seq],
    );
  }

  async setMark(stream: string, mark: StreamMark): Promise<void> {
    await this.tx.query(
      `insert into event_streams (name, epoch, last_seq) values ($1, $2, $3)
       on conflict (name) do update set epoch = excluded.epoch, last_seq = case
         when event_streams.epoch = excluded.epoch then greatest(event_streams.last_seq, excluded.last_seq)
         else excluded.last_seq end`,
      [stream, mark.epoch, mark.lastSeq],
    );
  }
}

interface StreamRow {
  name: string;
  epoch: string;
  last_seq: string | number;
}

function marksOf(rows: readonly StreamRow[]): Map<string, StreamMark> {
  return new Map(rows.map(({ name, epoch, last_seq }) => [name, { epoch, lastSeq: Number(last_seq) }]));
}
