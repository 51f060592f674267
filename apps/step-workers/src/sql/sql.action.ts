import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { JsonValue, ServiceError, Text, invalidField, type StepTask } from '@scm/contracts';
import { sqlFailure } from './sql-failure.js';
import { SqlDatabases } from './sql-databases.js';

const MAX_OUTPUT_CHARACTERS = 1_000_000;

/** `with.sql` of an action step. */
export class SqlArguments {
  @Text({ max: 63, pattern: /^[a-z0-9-]+$/ }) database: string;
  /** One statement; values stand in `parameters`, as `$1`, `$2` and so on. */
  @Text({ max: 65_536 }) statement: string;
  @JsonValue({ optional: true }) parameters?: unknown;
}

/** What a statement gave: the rows it returned, and how many it touched. */
export interface SqlOutput {
  rowCount: number;
  rows: unknown[];
}

/** Where the effects of transactional steps are marked, in the database that they change. */
const MARKS = `create table if not exists scm_effects (
  key uuid primary key, output jsonb, at timestamptz not null default now())`;

/** Runs one SQL statement of a document in one transaction. */
@Injectable()
export class SqlAction {
  constructor(private readonly databases: SqlDatabases) {}

  /**
   * Of a transactional step the mark that it was done, and what it gave, commit together with what it changes; an attempt
   * that finds the mark gives the same output and changes nothing. Throws ServiceError.
   */
  async run(
    task: StepTask,
    { database, statement, parameters = [] }: SqlArguments,
    signal: AbortSignal,
  ): Promise<SqlOutput> {
    if (!Array.isArray(parameters)) throw invalidField('with.sql.parameters', 'must be a list');
    const client = await this.databases.of(task.workspaceId, database).connect().catch(sqlFailure);
    const cancel = () => client.release(true);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const run = () => runStatement(client, statement, parameters);
      return await inTransaction(client, task, () =>
        task.effect === 'transactional' ? marked(client, task.key, run) : run(),
      );
    } catch (error) {
      return sqlFailure(error);
    } finally {
      signal.removeEventListener('abort', cancel);
      if (!signal.aborted) client.release();
    }
  }
}

async function inTransaction<T>(client: PoolClient, { timeoutMs }: StepTask, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    await client.query(`select set_config('statement_timeout', $1, true)`, [String(timeoutMs)]);
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** Another attempt with the same key that is still under way is waited for by the insertion of the mark. */
async function marked(client: PoolClient, key: string, run: () => Promise<SqlOutput>): Promise<SqlOutput> {
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

const TRANSACTION_COMMANDS = ['BEGIN', 'START', 'COMMIT', 'END', 'ROLLBACK', 'PREPARE', 'SAVEPOINT', 'RELEASE'];

async function runStatement(client: PoolClient, text: string, values: unknown[]): Promise<SqlOutput> {
  // One statement only: the extended protocol refuses more.
  const query = { text, values: values.map(parameterOf), queryMode: 'extended' };
  const { command, rowCount, rows } = await client.query<Record<string, unknown>>(query);
  if (TRANSACTION_COMMANDS.includes(command))
    throw invalidField('with.sql.statement', 'must leave the transaction alone');
  const output = { rowCount: rowCount ?? 0, rows };
  if (JSON.stringify(output).length > MAX_OUTPUT_CHARACTERS) {
    throw new ServiceError('PAYLOAD_TOO_LARGE', `the statement gives more than ${MAX_OUTPUT_CHARACTERS} characters`);
  }
  return output;
}

/** Lists and objects are JSON, not Postgres's arrays. */
function parameterOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
