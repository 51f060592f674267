import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { WorkflowEvents } from '@scm/contracts';
import { Database, oweEvent, type CursorKey } from '@scm/database';
import { WorkflowVersionEntity } from './definition.entities.js';
import type { AlertFilter, StartFilters } from '../triggers/alert-filter.js';

/** Workflows and their versions. */
@Injectable()
export class DefinitionRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  /** Keeps a new version and makes it the newest; false when that version is there already. */
  async add(
    tx: EntityManager,
    version: WorkflowVersionEntity,
    { alertFilter, eventFilter }: StartFilters,
  ): Promise<boolean> {
    const { workspaceId, name } = version;
    const added = await tx.query<unknown[]>(
      `insert into workflow_versions (workspace_id, name, version, title, summary, digest, document, created_by, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning 1`,
      [
        workspaceId,
        name,
        version.version,
        version.title,
        version.summary,
        version.digest,
        JSON.stringify(version.document),
        version.createdBy,
        version.createdAt,
      ],
    );
    if (added.length === 0) return false;
    await tx.query(
      `insert into workflows (workspace_id, name, newest_version, alert_filter, event_filter) values ($1, $2, $3, $4, $5)
       on conflict (workspace_id, name) do update
       set newest_version = excluded.newest_version, alert_filter = excluded.alert_filter,
         event_filter = excluded.event_filter`,
      [
        workspaceId,
        name,
        version.version,
        alertFilter && JSON.stringify(alertFilter),
        eventFilter && JSON.stringify(eventFilter),
      ],
    );
    const payload = { workspaceId, workflow: name, version: version.version };
    await oweEvent(tx, WorkflowEvents.versionCreated, { workspaceId, keys: [workspaceId], payload });
    return true;
  }

  /** One version, or the newest. */
  async find(workspaceId: string, name: string, version?: string): Promise<WorkflowVersionEntity | undefined> {
    return this.inWorkspace(workspaceId, (tx) => this.findIn(tx, workspaceId, name, version));
  }

  async findIn(
    tx: EntityManager,
    workspaceId: string,
    name: string,
    version?: string,
  ): Promise<WorkflowVersionEntity | undefined> {
    const newest = `(select w.newest_version from workflows w where w.workspace_id = :workspaceId and w.name = :name)`;
    const found = await tx
      .createQueryBuilder(WorkflowVersionEntity, 'v')
      .where('v.workspaceId = :workspaceId and v.name = :name', { workspaceId, name })
      // Not coalesce(): under row-level security no index would be used for it.
      .andWhere(`v.version = ${version === undefined ? newest : ':version'}`, { version })
      .getOne();
    return found ?? undefined;
  }

  /** The newest version of each workflow, by name. */
  async list(workspaceId: string, limit: number, after?: CursorKey): Promise<WorkflowVersionEntity[]> {
    return this.inWorkspace(workspaceId, (tx) =>
      tx
        .createQueryBuilder(WorkflowVersionEntity, 'v')
        .innerJoin(
          'workflows',
          'w',
          'w.workspace_id = v.workspace_id and w.name = v.name and w.newest_version = v.version',
        )
        // Said of both sides: the join reads each from there on.
        .where('v.workspaceId = :workspaceId and v.name > :name', { workspaceId, name: after?.[0] ?? '' })
        .andWhere('w.workspace_id = :workspaceId and w.name > :name')
        .orderBy('v.name')
        .limit(limit)
        .getMany(),
    );
  }

  /** The versions of one workflow, newest first. */
  async listVersions(
    workspaceId: string,
    name: string,
    limit: number,
    after?: CursorKey,
  ): Promise<WorkflowVersionEntity[]> {
    return this.inWorkspace(workspaceId, (tx) => {
      const query = tx
        .createQueryBuilder(WorkflowVersionEntity, 'v')
        .where('v.workspaceId = :workspaceId and v.name = :name', { workspaceId, name })
        .orderBy('v.createdAt', 'DESC')
        .addOrderBy('v.version', 'DESC')
        .limit(limit);
      if (after)
        query.andWhere('(v.createdAt, v.version) < (:at::timestamptz, :version)', { at: after[0], version: after[1] });
      return query.getMany();
    });
  }

  /** The workflows of a workspace whose newest version is started by alerts. */
  async startedByAlerts(workspaceId: string): Promise<{ name: string; version: string; filter: AlertFilter }[]> {
    return this.inWorkspace(workspaceId, (tx) =>
      tx.query(
        `select name, newest_version as version, alert_filter as filter from workflows
         where workspace_id = $1 and alert_filter is not null order by name`,
        [workspaceId],
      ),
    );
  }

  /** The workflows of a workspace whose newest version is started by events of that type. */
  async startedByEvents(
    workspaceId: string,
    type: string,
  ): Promise<{ name: string; version: string; filter: Record<string, unknown> }[]> {
    return this.inWorkspace(workspaceId, (tx) =>
      tx.query(
        `select name, newest_version as version, event_filter as filter from workflows
         where workspace_id = $1 and event_filter->>'type' = $2 order by name`,
        [workspaceId, type],
      ),
    );
  }
}
