import { Injectable } from '@nestjs/common';
import { Database } from '@scm/database';
import { fingerprintOf, labelOf, type Labels } from '../series/labels.js';

export interface StoredExemplar {
  seriesLabels: Labels;
  labels: Labels;
  value: number;
  timeMs: number;
}

const SWEEP_LIMIT = 10_000;

@Injectable()
export class ExemplarRepository {
  constructor(private readonly database: Database) {}

  /** One that is stored already stays as it is. */
  async add(workspaceId: string, exemplars: readonly (StoredExemplar & { key: string })[]): Promise<void> {
    await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query(
        `insert into exemplars (workspace_id, fingerprint, time, name, series_labels, labels, value)
         select $1, fingerprint, to_timestamp(time_ms / 1000), name, series_labels, labels, value
         from unnest($2::text[], $3::float8[], $4::text[], $5::jsonb[], $6::jsonb[], $7::float8[])
           as fresh (fingerprint, time_ms, name, series_labels, labels, value)
         order by fingerprint, time_ms on conflict do nothing`,
        [
          workspaceId,
          exemplars.map(({ key }) => fingerprintOf(key)),
          exemplars.map(({ timeMs }) => timeMs),
          exemplars.map(({ seriesLabels }) => labelOf(seriesLabels, '__name__')),
          exemplars.map(({ seriesLabels }) => JSON.stringify(seriesLabels)),
          exemplars.map(({ labels }) => JSON.stringify(labels)),
          exemplars.map(({ value }) => value),
        ],
      ),
    );
  }

  /** The oldest of a time, of one metric or of all. */
  async list(
    workspaceId: string,
    name: string | undefined,
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<StoredExemplar[]> {
    return this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<StoredExemplar[]>(
        `select series_labels as "seriesLabels", labels, value, extract(epoch from time)::float8 * 1000 as "timeMs"
         from exemplars where workspace_id = $1 and ($2::text is null or name = $2)
         and time between to_timestamp($3::float8 / 1000) and to_timestamp($4::float8 / 1000) order by time limit $5`,
        [workspaceId, name ?? null, fromMs, toMs, limit],
      ),
    );
  }

  async deleteBefore(timeMs: number): Promise<number> {
    const { rowCount } = await this.database.systemPool.query(
      `delete from exemplars where ctid in
       (select ctid from exemplars where time < to_timestamp($1::float8 / 1000) order by time limit ${SWEEP_LIMIT})`,
      [timeMs],
    );
    return rowCount ?? 0;
  }
}
