import { Injectable } from '@nestjs/common';
import { Database } from '@scm/database';
import type { MetricMetadata } from './metric.metadata.js';

@Injectable()
export class MetadataRepository {
  constructor(private readonly database: Database) {}

  /** Writes what senders say now; of metrics that are new no more than there is room for. */
  async save(workspaceId: string, entries: readonly MetricMetadata[], maxMetrics: number): Promise<void> {
    const column = (of: keyof MetricMetadata) => entries.map((entry) => entry[of]);
    await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query(
        `insert into metric_metadata (workspace_id, metric, type, help, unit)
         select $1, fresh.* from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as fresh (metric, type, help, unit)
         where (select count(*) from metric_metadata where workspace_id = $1) < $6
            or exists (select 1 from metric_metadata known where known.workspace_id = $1 and known.metric = fresh.metric)
         order by fresh.metric
         on conflict (workspace_id, metric) do update
         set type = excluded.type, help = excluded.help, unit = excluded.unit, updated_at = now()`,
        [workspaceId, column('metric'), column('type'), column('help'), column('unit'), maxMetrics],
      ),
    );
  }

  async list(workspaceId: string): Promise<MetricMetadata[]> {
    return this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<MetricMetadata[]>(
        `select metric, type, help, unit from metric_metadata where workspace_id = $1 order by metric`,
        [workspaceId],
      ),
    );
  }
}
