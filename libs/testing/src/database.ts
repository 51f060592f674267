import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { testServers } from './servers.js';

/** A database of one suite. */
export interface TestDatabase {
  /** Connects as a role that owns the database and may create roles. */
  readonly url: string;
  /** The same database as another role. */
  urlFor(role: string, password: string): string;
  /** Runs SQL as the owner and gives the rows. */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Ends what is still connected and drops the database. */
  stop(): Promise<void>;
}

/** Makes an empty database in the Postgres of this test run. Roles belong to the whole server, not to the database. */
export async function createDatabase(): Promise<TestDatabase> {
  const server = testServers().databaseUrl;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(server, (client) => client.query(`CREATE DATABASE ${name}`));
  const url = new URL(server);
  url.pathname = name;
  return {
    url: url.href,
    urlFor: (username, password) => Object.assign(new URL(url), { username, password }).href,
    query: async <Row extends object>(sql: string, values?: unknown[]) =>
      (await withClient(url.href, (client) => client.query<Row>(sql, values))).rows,
    stop: async () => void (await withClient(server, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`))),
  };
}

async function withClient<T>(connectionString: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
