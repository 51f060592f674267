import { Injectable } from '@nestjs/common';
import type { CapturedExchangeSummary } from '@scm/contracts';
import { Database } from '@scm/database';
import { CAPTURE_COLUMNS, type CaptureRow } from './captures.repository.js';

/** An exchange as it is kept: what was said in it is sealed. */
export interface NewExchange {
  workspaceId: string;
  summary: CapturedExchangeSummary;
  sealed: string;
}

export interface ExchangeRow {
  id: string;
  summary: CapturedExchangeSummary;
  sealed: string;
}

@Injectable()
export class CapturedExchangesRepository {
  constructor(private readonly database: Database) {}

  /** Keeps what there is room for, and ends the capture when there is none left. Undefined when it has ended before. */
  async keep(workspaceId: string, capture: string, exchanges: readonly NewExchange[]): Promise<CaptureRow | undefined> {
    const rows = exchanges.map(({ summary, sealed }, place) => ({ id: summary.id, place, summary, sealed }));
    const [kept] = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<[CaptureRow[], number]>(
        `with capture as (
           select id as capture_id, workspace_id, max_exchanges - exchange_count as room
           from captures where id = $1 and ended_at is null for update),
         fresh as (
           insert into captured_exchanges (id, workspace_id, capture_id, summary, sealed)
           select e.id, workspace_id, capture_id, e.summary, e.sealed from capture,
             jsonb_to_recordset($2::jsonb) as e(id uuid, place int, summary jsonb, sealed text)
           where e.place < room returning 1)
         update captures set exchange_count = exchange_count + (select count(*) from fresh),
           ended_at = case when exchange_count + (select count(*) from fresh) >= max_exchanges then now() end
         where id = $1 and ended_at is null returning ${CAPTURE_COLUMNS}`,
        [capture, JSON.stringify(rows)],
      ),
    );
    return kept[0];
  }

  /** The newest first: ids grow with time. */
  async list(workspaceId: string, capture: string, limit: number, before?: string): Promise<ExchangeRow[]> {
    return this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<ExchangeRow[]>(
        `select id, summary, '' as sealed from captured_exchanges
         where capture_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
        [capture, before ?? null, limit],
      ),
    );
  }

  async find(workspaceId: string, id: string): Promise<ExchangeRow | undefined> {
    const rows = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<ExchangeRow[]>(`select id, summary, sealed from captured_exchanges where id = $1`, [id]),
    );
    return rows[0];
  }
}
