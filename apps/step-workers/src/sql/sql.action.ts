import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { invalidField, JsonValue, Text, type StepTask } from '@scm/contracts';
import { marked } from './effect-marks.js';
import { sqlFailure } from './sql-failure.js';
import { SqlDatabases } from './sql-databases.js';
import { runStatement, type SqlOutput } from './statement.js';

/** `with.sql` of an action step. */
export class SqlArguments {
  @Text({ max: 63, pattern: /^[a-z0-9-]+$/ }) database: string;
  /** One statement; values stand in `parameters`, as `$1`, `$2` and so on. */
  @Text({ max: 65_536 }) statement: string;
  @JsonValue({ optional: true }) parameters?: unknown;
}

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
