import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Channel } from '@scm/contracts';
import { Database, type CursorKey } from '@scm/database';

export interface TemplateRow {
  channel: Channel;
  name: string;
  active_version: number;
  updated_at: Date;
}

export interface VersionRow {
  channel: Channel;
  name: string;
  version: number;
  title: string | null;
  body: string;
  html: string | null;
  created_by: string;
  created_at: Date;
  active: boolean;
}

interface Named {
  workspaceId: string;
  channel: Channel;
  name: string;
}

const VERSIONS = `select v.channel, v.name, v.version, v.title, v.body, v.html, v.created_by, v.created_at,
    v.version = t.active_version is true as active
  from template_versions v join templates t using (workspace_id, channel, name)`;

@Injectable()
export class TemplatesRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  /** Adds the next version and makes it active; an id that is known changes nothing. */
  async addVersion(
    tx: EntityManager,
    v: Named & { id: string; title?: string; body: string; html?: string; createdBy: string },
  ): Promise<void> {
    const known = await tx.query<unknown[]>(`select 1 from template_versions where id = $1`, [v.id]);
    if (known.length > 0) return;
    const [row] = await tx.query<{ last_version: number }[]>(
      `insert into templates (workspace_id, channel, name, last_version, active_version) values ($1, $2, $3, 1, 1)
       on conflict (workspace_id, channel, name) do update set
         last_version = templates.last_version + 1, active_version = templates.last_version + 1, updated_at = now()
       returning last_version`,
      [v.workspaceId, v.channel, v.name],
    );
    await tx.query(
      `insert into template_versions (id, workspace_id, channel, name, version, title, body, html, created_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [v.id, v.workspaceId, v.channel, v.name, row?.last_version, v.title ?? null, v.body, v.html ?? null, v.createdBy],
    );
  }

  async findById(tx: EntityManager, id: string): Promise<VersionRow | undefined> {
    const rows = await tx.query<VersionRow[]>(`${VERSIONS} where v.id = $1`, [id]);
    return rows[0];
  }

  /** Without a version the active one. */
  async find(
    tx: EntityManager,
    { workspaceId, channel, name }: Named,
    version?: number,
  ): Promise<VersionRow | undefined> {
    const rows = await tx.query<VersionRow[]>(
      `${VERSIONS} where v.workspace_id = $1 and v.channel = $2 and v.name = $3
         and v.version = coalesce($4::int, t.active_version)`,
      [workspaceId, channel, name, version ?? null],
    );
    return rows[0];
  }

  async list(tx: EntityManager, workspaceId: string, limit: number, after?: CursorKey): Promise<TemplateRow[]> {
    return tx.query<TemplateRow[]>(
      `select channel, name, active_version, updated_at from templates
       where workspace_id = $1 and active_version is not null and ($2::text is null or (channel, name) > ($2, $3::text))
       order by channel, name limit $4`,
      [workspaceId, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
  }

  /** Newest first. */
  async listVersions(
    tx: EntityManager,
    { workspaceId, channel, name }: Named,
    limit: number,
    before?: CursorKey,
  ): Promise<VersionRow[]> {
    return tx.query<VersionRow[]>(
      `${VERSIONS} where v.workspace_id = $1 and v.channel = $2 and v.name = $3
         and ($4::int is null or v.version < $4) order by v.version desc limit $5`,
      [workspaceId, channel, name, before?.[0] ?? null, limit],
    );
  }

  /** The active versions of these names, over all of these channels. */
  async activeOf(
    tx: EntityManager,
    workspaceId: string,
    channels: readonly Channel[],
    names: readonly string[],
  ): Promise<TemplateRow[]> {
    return tx.query<TemplateRow[]>(
      `select channel, name, active_version, updated_at from templates
       where workspace_id = $1 and channel = any($2) and name = any($3) and active_version is not null`,
      [workspaceId, channels, names],
    );
  }

  /** `null`: the built-in one. @returns false when there is nothing of that name to change. */
  async activate(tx: EntityManager, { workspaceId, channel, name }: Named, version: number | null): Promise<boolean> {
    const [, changed] = await tx.query<[unknown[], number]>(
      `update templates set active_version = $4, updated_at = now() where workspace_id = $1 and channel = $2 and name = $3
         and ($4::int is not null or active_version is not null)`,
      [workspaceId, channel, name, version],
    );
    return changed > 0;
  }
}
