import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Database } from '@scm/database';
import { fingerprintOf, labelOf, type Labels } from './labels.js';

export interface SeriesRow {
  id: number;
  workspace_id: string;
  labels: Labels;
}

export interface NewSeries {
  key: string;
  labels: Labels;
  firstMs: number;
}

/** `last_seen` is brought forward in steps, and samples may lie ten minutes in the future. */
const LAST_SEEN_LAG = '30 minutes';
/** Samples up to a day old may follow the first one. */
const FIRST_SEEN_LEAD = '25 hours';
const LAST_SEEN_STEP = '10 minutes';

@Injectable()
export class SeriesRepository {
  constructor(private readonly database: Database) {}

  /**
   * Finds or adds series in the transaction that writes their first samples.
   * @returns ids by key; a series that is missing there would exceed `maxSeries`.
   */
  async admit(
    client: PoolClient,
    workspaceId: string,
    wanted: readonly NewSeries[],
    maxSeries: number,
  ): Promise<Map<string, number>> {
    const byFingerprint = new Map(wanted.map((series) => [fingerprintOf(series.key), series]));
    await client.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`scm.metrics.series.${workspaceId}`]);
    const known = await this.touchKnown(client, workspaceId, [...byFingerprint.keys()]);
    const fresh = [...byFingerprint].filter(([fingerprint]) => !known.has(fingerprint));
    const room = fresh.length === 0 ? 0 : Math.max(0, maxSeries - (await this.count(client, workspaceId)));
    for (const [fingerprint, id] of await this.add(client, workspaceId, fresh.slice(0, room))) {
      known.set(fingerprint, id);
    }
    return new Map([...known].map(([fingerprint, id]) => [byFingerprint.get(fingerprint)?.key ?? '', id]));
  }

  async findByIds(ids: readonly number[]): Promise<SeriesRow[]> {
    const { rows } = await this.database.systemPool.query<SeriesRow>(
      `select id, workspace_id, labels from series where id = any($1)`,
      [ids],
    );
    return rows;
  }

  /** Series of one metric, or all, that may have samples between the two times. */
  async list(workspaceId: string, name: string | undefined, fromMs: number, toMs: number): Promise<SeriesRow[]> {
    return this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<SeriesRow[]>(
        `select id, workspace_id, labels from series where workspace_id = $1 and ($2::text is null or name = $2)
         and last_seen >= to_timestamp($3::float8) - interval '${LAST_SEEN_LAG}' and first_seen - interval '${FIRST_SEEN_LEAD}' <= to_timestamp($4::float8)
         order by id`,
        [workspaceId, name ?? null, fromMs / 1_000, toMs / 1_000],
      ),
    );
  }

  /** The labels of all series that have had samples since `fromMs`. */
  async labelsOfAll(workspaceId: string, fromMs: number): Promise<Labels[]> {
    const rows = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<{ labels: Labels }[]>(
        `select labels from series where workspace_id = $1
         and last_seen >= to_timestamp($2::float8) - interval '${LAST_SEEN_LAG}'`,
        [workspaceId, fromMs / 1_000],
      ),
    );
    return rows.map(({ labels }) => labels);
  }

  /** The metrics of a workspace; leaps from one to the next in the index, however many series each has. */
  async metrics(workspaceId: string): Promise<string[]> {
    const rows = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<{ name: string }[]>(
        `with recursive metric as (
           (select name from series where workspace_id = $1 order by name limit 1)
           union all
           select (select name from series where workspace_id = $1 and name > metric.name order by name limit 1)
           from metric where metric.name is not null)
         select name from metric where name is not null`,
        [workspaceId],
      ),
    );
    return rows.map(({ name }) => name);
  }

  async markSeen(ids: readonly number[]): Promise<void> {
    await this.database.systemPool.query(
      `update series set last_seen = now() where id in (select id from series
       where id = any($1) and last_seen < now() - interval '${LAST_SEEN_STEP}' for update skip locked)`,
      [ids],
    );
  }

  async deleteUnseenSince(timeMs: number): Promise<number> {
    const { rowCount } = await this.database.systemPool.query(
      `delete from series where id in (select id from series where last_seen < to_timestamp($1::float8)
       limit 10000 for update skip locked)`,
      [timeMs / 1_000],
    );
    return rowCount ?? 0;
  }

  /** Touching keeps the sweep of another replica away until the samples are written. */
  private async touchKnown(
    client: PoolClient,
    workspaceId: string,
    fingerprints: string[],
  ): Promise<Map<string, number>> {
    const { rows } = await client.query<{ id: number; fingerprint: string }>(
      `update series set last_seen = now() where workspace_id = $1 and fingerprint = any($2) returning id, fingerprint`,
      [workspaceId, fingerprints],
    );
    return new Map(rows.map((row) => [row.fingerprint, row.id]));
  }

  private async count(client: PoolClient, workspaceId: string): Promise<number> {
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from series where workspace_id = $1`,
      [workspaceId],
    );
    return rows[0]?.count ?? 0;
  }

  private async add(
    client: PoolClient,
    workspaceId: string,
    series: readonly (readonly [string, NewSeries])[],
  ): Promise<Map<string, number>> {
    if (series.length === 0) return new Map();
    const { rows } = await client.query<{ id: number; fingerprint: string }>(
      `insert into series (workspace_id, fingerprint, name, labels, first_seen)
       select $1, fingerprint, name, labels, to_timestamp(first_ms / 1000)
       from unnest($2::text[], $3::text[], $4::jsonb[], $5::float8[]) as fresh (fingerprint, name, labels, first_ms)
       returning id, fingerprint`,
      [
        workspaceId,
        series.map(([fingerprint]) => fingerprint),
        series.map(([, { labels }]) => labelOf(labels, '__name__')),
        series.map(([, { labels }]) => JSON.stringify(labels)),
        series.map(([, { firstMs }]) => firstMs),
      ],
    );
    return new Map(rows.map((row) => [row.fingerprint, row.id]));
  }
}
