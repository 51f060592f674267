import { Injectable } from '@nestjs/common';
import type { AuthorizationSummary, RestApiState, UpstreamTransport } from '@scm/contracts';
import { Database } from '@scm/database';
import type { EntityManager } from 'typeorm';

/** What is known of an HTTP API without its operations. */
export type RestApiRow = RestApiState & { description?: string };

export interface UpstreamRow {
  id: string;
  workspace_id: string;
  name: string;
  transport: UpstreamTransport;
  url: string | null;
  command: string | null;
  header_names: string[];
  sealed_headers: string | null;
  api: RestApiRow | null;
  authorization: AuthorizationSummary | null;
  sealed_authorization: string | null;
  namespace: string;
  enabled: boolean;
  created_at: Date;
  updated_at: Date;
}

/** `operations` is JSON text. */
export type NewUpstream = Omit<UpstreamRow, 'created_at' | 'updated_at'> & { operations: string | null };
/** Without `operations` they stay as they are. */
export type UpstreamChange = Pick<
  UpstreamRow,
  | 'id'
  | 'url'
  | 'header_names'
  | 'sealed_headers'
  | 'api'
  | 'authorization'
  | 'sealed_authorization'
  | 'namespace'
  | 'enabled'
> & { operations: string | null };

const COLUMNS = `id, workspace_id, name, transport, url, command, header_names, sealed_headers, api, "authorization",
  sealed_authorization, namespace, enabled, created_at, updated_at`;

@Injectable()
export class UpstreamsRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  /** Undefined when the name is taken by another one. */
  async add(tx: EntityManager, u: NewUpstream): Promise<UpstreamRow | undefined> {
    await tx.query(
      `insert into upstreams (id, workspace_id, name, transport, url, command, header_names, sealed_headers, namespace,
         enabled, api, operations, "authorization", sealed_authorization)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing`,
      // prettier-ignore
      [u.id, u.workspace_id, u.name, u.transport, u.url, u.command, u.header_names, u.sealed_headers, u.namespace, u.enabled,
        u.api, u.operations, u.authorization, u.sealed_authorization],
    );
    return this.find(tx, u.id);
  }

  async find(tx: EntityManager, id: string): Promise<UpstreamRow | undefined> {
    const rows = await tx.query<UpstreamRow[]>(`select ${COLUMNS} from upstreams where id = $1`, [id]);
    return rows[0];
  }

  async list(tx: EntityManager, workspaceId: string, limit: number, after?: string): Promise<UpstreamRow[]> {
    return tx.query<UpstreamRow[]>(
      `select ${COLUMNS} from upstreams where workspace_id = $1 and ($2::text is null or name > $2)
       order by name limit $3`,
      [workspaceId, after ?? null, limit],
    );
  }

  async named(tx: EntityManager, workspaceId: string, names: readonly string[]): Promise<UpstreamRow[]> {
    return tx.query<UpstreamRow[]>(
      `select ${COLUMNS} from upstreams where workspace_id = $1 and name = any($2) order by name`,
      [workspaceId, names],
    );
  }

  async change(tx: EntityManager, u: UpstreamChange): Promise<UpstreamRow | undefined> {
    const [rows] = await tx.query<[UpstreamRow[], number]>(
      `update upstreams set url = $2, header_names = $3, sealed_headers = $4, namespace = $5, enabled = $6,
         api = $7, operations = coalesce($8, operations), "authorization" = $9, sealed_authorization = $10,
         updated_at = now()
       where id = $1 returning ${COLUMNS}`,
      // prettier-ignore
      [u.id, u.url, u.header_names, u.sealed_headers, u.namespace, u.enabled, u.api, u.operations,
        u.authorization, u.sealed_authorization],
    );
    return rows[0];
  }

  /** The operations of an HTTP API, as JSON text. */
  async operations(tx: EntityManager, id: string): Promise<string | undefined> {
    const rows = await tx.query<{ operations: string | null }[]>(`select operations from upstreams where id = $1`, [
      id,
    ]);
    return rows[0]?.operations ?? undefined;
  }

  /** Every replica connects to it anew. */
  async touch(tx: EntityManager, id: string): Promise<void> {
    await tx.query(`update upstreams set updated_at = now() where id = $1`, [id]);
  }

  /** @returns false when there is none of that id. */
  async remove(tx: EntityManager, id: string): Promise<boolean> {
    const [, removed] = await tx.query<[unknown[], number]>(`delete from upstreams where id = $1`, [id]);
    return removed > 0;
  }
}
