import { Injectable } from '@nestjs/common';
import type { AuditEntry, ListAuditRequest } from '@scm/contracts';
import { Database, type CursorKey } from '@scm/database';

export interface AuditRecordRow {
  id: string;
  workspace_id: string;
  at: Date;
  service: string;
  actor_kind: string;
  actor_id: string;
  actor_name: string;
  on_behalf_of: string | null;
  action: string;
  resource_type: string | null;
  resource_id: string | null;
  outcome: string;
  reason: string | null;
  details: Record<string, unknown> | null;
  trace_id: string | null;
}

@Injectable()
export class AuditRecordsRepository {
  constructor(private readonly database: Database) {}

  /** A batch may span workspaces and may come again: a row is known by its id. */
  async add(entries: readonly AuditEntry[]): Promise<void> {
    await this.database.acrossWorkspaces((tx) =>
      tx.query(
        `insert into audit_records (id, workspace_id, at, service, actor_kind, actor_id, actor_name, on_behalf_of, action,
           resource_type, resource_id, outcome, reason, details, trace_id)
         select id, "workspaceId", at, service, "actorKind", "actorId", "actorName", "onBehalfOf", action,
           "resourceType", "resourceId", outcome, reason, details, "traceId"
         from jsonb_to_recordset($1::jsonb) as r(id uuid, "workspaceId" uuid, at timestamptz, service text,
           "actorKind" text, "actorId" text, "actorName" text, "onBehalfOf" text, action text, "resourceType" text,
           "resourceId" text, outcome text, reason text, details jsonb, "traceId" text)
         on conflict do nothing`,
        [JSON.stringify(entries)],
      ),
    );
  }

  /** Newest first. */
  async list(
    workspaceId: string,
    filter: ListAuditRequest,
    limit: number,
    before?: CursorKey,
  ): Promise<AuditRecordRow[]> {
    return this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<AuditRecordRow[]>(
        `select * from audit_records
         where workspace_id = $1 and ($2::timestamptz is null or (at, id) < ($2, $3::uuid))
           and ($4::text is null or action = $4) and ($5::text is null or actor_id = $5)
           and ($6::text is null or outcome = $6)
         order by at desc, id desc limit $7`,
        [
          workspaceId,
          before?.[0] ?? null,
          before?.[1] ?? null,
          filter.action ?? null,
          filter.actorId ?? null,
          filter.outcome ?? null,
          limit,
        ],
      ),
    );
  }
}
