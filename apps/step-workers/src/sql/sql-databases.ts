import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { invalidField } from '@scm/contracts';
import { WorkerConfig } from '../worker.config.js';

const CONNECTIONS = 8;
const CONNECT_MS = 5_000;
const EVERY_WORKSPACE = '*';

/** The Postgres databases that action steps may write to, by workspace and name. */
@Injectable()
export class SqlDatabases implements OnApplicationShutdown {
  private readonly urls: ReadonlyMap<string, string>;
  private readonly pools = new Map<string, Pool>();

  constructor({ sqlDatabases }: WorkerConfig) {
    this.urls = new Map(sqlDatabases.map(entryOf));
  }

  /** Throws INVALID_ARGUMENT when the workspace has no database of that name. */
  of(workspaceId: string, name: string): Pool {
    const url = this.urls.get(`${workspaceId}/${name}`) ?? this.urls.get(`${EVERY_WORKSPACE}/${name}`);
    if (!url) throw invalidField('with.sql.database', 'is no database of this workspace that the workers know');
    const known = this.pools.get(url);
    if (known) return known;
    const pool = new Pool({ connectionString: url, max: CONNECTIONS, connectionTimeoutMillis: CONNECT_MS });
    // A connection that is lost rejects what is asked of it; its event alone would end the process.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    this.pools.set(url, pool);
    return pool;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.end()));
  }
}

/** `<workspace or *>/<name>=<url>`. Throws TypeError without showing the address, which holds a password. */
function entryOf(text: string): [string, string] {
  const [, name = '', url = ''] = /^((?:\*|[0-9a-f-]{36})\/[a-z0-9-]{1,63})=(postgres(?:ql)?:\/\/.+)$/.exec(text) ?? [];
  if (!URL.canParse(url))
    throw new TypeError('a database for steps is given as <workspace id or *>/<name>=<postgres URL>');
  return [name, url];
}
