import type { PoolClient } from 'pg';
import { invalidField, ServiceError } from '@scm/contracts';

const MAX_OUTPUT_CHARACTERS = 1_000_000;

/** What a statement gave: the rows it returned, and how many it touched. */
export interface SqlOutput {
  rowCount: number;
  rows: unknown[];
}

const TRANSACTION_COMMANDS = ['BEGIN', 'START', 'COMMIT', 'END', 'ROLLBACK', 'PREPARE', 'SAVEPOINT', 'RELEASE'];

/** Throws ServiceError for what is no single statement within the transaction, or gives too much. */
export async function runStatement(client: PoolClient, text: string, values: unknown[]): Promise<SqlOutput> {
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
