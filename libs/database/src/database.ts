import { DataSource, type EntityManager, type EntitySchema, type MixedList } from 'typeorm';
import type { Pool, PoolClient } from 'pg';
import { unavailableIfAway } from './away.js';
import { baseEntities } from './base.entities.js';
import { copyRows } from './copy-rows.js';

/** What a service keeps in Postgres. */
export interface DatabaseDeclaration {
  /** The service's own schema. */
  schema: string;
  entities: MixedList<Function | string | EntitySchema>;
  migrations: Function[];
  /** Tables that belong to no workspace; only the system role reaches them. */
  withoutWorkspace?: readonly string[];
  /** Signatures of functions that do what only the owner may, for the system role: `make_partition(bigint)`. */
  systemFunctions?: readonly string[];
}

export interface DatabaseUrls {
  /** The role that answers requests: row-level security shows it one workspace. */
  url: string;
  /** The role of batch writers, sweeps and relays: it spans workspaces. */
  systemUrl: string;
}

const REQUEST_POOL = 8;
const SYSTEM_POOL = 4;

/** A service's two bounded pools into its own schema. */
export class Database {
  private constructor(
    readonly schema: string,
    private readonly request: DataSource,
    private readonly spanning: DataSource,
  ) {}

  static async open(declaration: DatabaseDeclaration, urls: DatabaseUrls): Promise<Database> {
    const [request, spanning] = await Promise.all([
      dataSource(declaration, urls.url, REQUEST_POOL).initialize(),
      dataSource(declaration, urls.systemUrl, SYSTEM_POOL).initialize(),
    ]);
    surviveLosses(poolOf(spanning));
    return new Database(declaration.schema, request, spanning);
  }

  /** One transaction that sees the rows of one workspace only. */
  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return transaction(this.request, async (tx) => {
      await tx.query(`select set_config('scm.workspace', $1, true)`, [workspaceId]);
      return work(tx);
    });
  }

  /** Gives each row of a select, which sees the rows of one workspace only, as binary columns; see `copyRows`. */
  async copyInWorkspace(workspaceId: string, select: string, onRow: (columns: Buffer[]) => void): Promise<void> {
    await this.inWorkspace(workspaceId, async (tx) => {
      const client = (await tx.queryRunner?.connect()) as PoolClient;
      await copyRows(client, select, onRow);
    });
  }

  /** One transaction of the system role. Only the repositories that tests/architecture lists may use it. */
  async acrossWorkspaces<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return transaction(this.spanning, work);
  }

  /** The system role's `pg` pool, for hot paths that TypeORM would slow down. */
  get systemPool(): Pool {
    return poolOf(this.spanning);
  }

  /** Resolves when both roles can be used. */
  async check(): Promise<void> {
    await Promise.all([this.request.query('select 1'), this.spanning.query('select 1')]);
  }

  async close(): Promise<void> {
    await Promise.all([this.request.destroy(), this.spanning.destroy()]);
  }
}

function poolOf(source: DataSource): Pool {
  return (source.driver as unknown as { master: Pool }).master;
}

/** A connection that is lost while someone has it rejects what is asked of it; its event alone would end the process. */
function surviveLosses(pool: Pool): void {
  pool.on('acquire', (client) => {
    if (!client.listeners('error').includes(ignore)) client.on('error', ignore);
  });
}

function ignore(): void {}

/** While Postgres is away, callers get UNAVAILABLE: nothing was stored, or nobody knows, so they may try again. */
async function transaction<T>(source: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  return source.transaction(work).catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
}

// A random page of a solid-state disk, or of memory, costs little more than the next one.
const settings = ['statement_timeout=30000', 'idle_in_transaction_session_timeout=60000', 'random_page_cost=1.1'];

/** A connection set to the service's schema; the entities of the base tables are always there. */
export function dataSource(declaration: DatabaseDeclaration, url: string, poolSize: number): DataSource {
  const { schema, entities, migrations } = declaration;
  return new DataSource({
    type: 'postgres',
    url,
    schema,
    entities: [...(entities as Function[]), ...baseEntities],
    migrations,
    migrationsTableName: 'migrations',
    poolSize,
    connectTimeoutMS: 5_000,
    installExtensions: false,
    extra: {
      options: settings
        .concat(`search_path=${schema}`)
        .map((setting) => `-c ${setting}`)
        .join(' '),
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
    },
  });
}
