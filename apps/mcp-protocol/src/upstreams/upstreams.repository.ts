import { Injectable } from '@nestjs/common';
import type { UpstreamTransport } from '@scm/contracts';
import { Database } from '@scm/database';
import type { EntityManager } from 'typeorm';

export interface UpstreamRow {
  id: string;
  workspace_id: string;
  name: string;
  transport: UpstreamTransport;
  url: string | null;
  command: string | null;
  header_names: string[];
  sealed_headers: string | null;
  namespace: string;
  enabled: boolean;
  created_at: Date;
  updated_at: Date;
}

export type NewUpstream = Omit<UpstreamRow, 'created_at' | 'updated_at'>;
export type UpstreamChange = Pick<
  UpstreamRow,
  'id' | 'url' | 'header_names' | 'sealed_headers' | 'namespace' | 'enabled'
>;

const COLUMNS = `id, workspace_id, name, transport, url, command, header_names, sealed_headers, namespace, enabled,
  created_at, updated_at`;

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
         enabled)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
      // prettier-ignore
      [u.id, u.workspace_id, u.name, u.transport, u.url, u.command, u.header_names, u.sealed_headers, u.namespace, u.enabled],
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
         updated_at = now()
       where id = $1 returning ${COLUMNS}`,
      [u.id, u.url, u.header_names, u.sealed_headers, u.namespace, u.enabled],
    );
    return rows[0];
  }

  /** @returns false when there is none of that id. */
  async remove(tx: EntityManager, id: string): Promise<boolean> {
    const [, removed] = await tx.query<[unknown[], number]>(`delete from upstreams where id = $1`, [id]);
    return removed > 0;
  }
}
