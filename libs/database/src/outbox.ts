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

/** Owes an event in the transaction of its cause. A relay publishes it after the commit, at least once, in order. */
export async function oweEvent<P extends object>(
  tx: EntityManager,
  contract: EventContract<P>,
  event: { workspaceId: string; keys: readonly string[]; payload: P; traceparent?: string },
): Promise<void> {
  await tx.query(
    `insert into event_outbox (workspace_id, id, subject, keys, payload, traceparent) values ($1, $2, $3, $4, $5, $6)`,
    [
      event.workspaceId,
      newId(),
      contract.subject,
      event.keys,
      JSON.stringify(event.payload),
      event.traceparent ?? null,
    ],
  );
}

/** The relay's side of the outbox. */
export class OutboxRepository {
  constructor(private readonly database: Database) {}

  /**
   * Hands the oldest owed events to `publish` and forgets those it published. One replica at a time, so that the order of
   * commits is the order of the stream.
   * @returns how many were published; 0 also when another replica is at it.
   */
  async drain(limit: number, publish: (events: OwedEvent[]) => Promise<void>): Promise<number> {
    return this.database.acrossWorkspaces(async (tx) => {
      const [lock] = await tx.query<{ mine: boolean }[]>(`select pg_try_advisory_xact_lock(hashtext($1)) as mine`, [
        `scm.outbox.${this.database.schema}`,
      ]);
      if (!lock?.mine) return 0;
      const events = await tx.query<OwedEvent[]>(
        `select position, id, workspace_id, subject, keys, payload, traceparent from event_outbox order by position limit $1`,
        [limit],
      );
      if (events.length === 0) return 0;
      await publish(events);
      await tx.query(`delete from event_outbox where position = any($1)`, [events.map((e) => e.position)]);
      return events.length;
    });
  }

  async markOf(stream: string): Promise<StreamMark | undefined> {
    const rows = await this.database.acrossWorkspaces((tx) =>
      tx.query<{ epoch: string; last_seq: string }[]>(`select epoch, last_seq from event_streams where name = $1`, [
        stream,
      ]),
    );
    return rows[0] && { epoch: rows[0].epoch, lastSeq: Number(rows[0].last_seq) };
  }

  async setMark(stream: string, mark: StreamMark): Promise<void> {
    await this.database.acrossWorkspaces((tx) =>
      tx.query(
        `insert into event_streams (name, epoch, last_seq) values ($1, $2, $3)
         on conflict (name) do update set epoch = excluded.epoch, last_seq = case
           when event_streams.epoch = excluded.epoch then greatest(event_streams.last_seq, excluded.last_seq)
           else excluded.last_seq end`,
        [stream, mark.epoch, mark.lastSeq],
      ),
    );
  }
}
