import type { PoolClient } from 'pg';
import type { SqlOutput } from './statement.js';

/** Where the effects of transactional steps are marked, in the database that they change. */
const MARKS = `create table if not exists scm_effects (
  key uuid primary key, output jsonb, at timestamptz not null default now())`;

/**
 * Does the work unless its mark is there, and then gives what it gave. Another attempt with the same key that is still under
 * way is waited for by the insertion of the mark.
 */
export async function marked(client: PoolClient, key: string, run: () => Promise<SqlOutput>): Promise<SqlOutput> {
  await ensureMarks(client);
  const insert = 'insert into scm_effects (key) values ($1) on conflict do nothing';
  const { rowCount } = await client.query(insert, [key]);
  if (rowCount === 0) {
    const { rows } = await client.query<{ output: SqlOutput }>('select output from scm_effects where key = $1', [key]);
    return rows[0]?.output ?? { rowCount: 0, rows: [] };
  }
  const output = await run();
  await client.query('update scm_effects set output = $2 where key = $1', [key, JSON.stringify(output)]);
  return output;
}

/** Roles that may create no tables are given one. */
async function ensureMarks(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ found: boolean }>(`select to_regclass('scm_effects') is not null as found`);
  if (rows[0]?.found) return;
  // Postgres fails one of two that create a table at once, though both say "if not exists".
  await client.query(`select pg_advisory_xact_lock(hashtext('scm_effects'))`);
  await client.query(MARKS);
}
