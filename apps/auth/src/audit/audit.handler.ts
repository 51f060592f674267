import { Controller } from '@nestjs/common';
import {
  AuthApi,
  type AuditBatch,
  type AuditEntry,
  type AuditPage,
  type ListAuditRequest,
  type Nothing,
} from '@scm/contracts';
import { decodeCursor, toPage } from '@scm/database';
import { currentActor, Rpc } from '@scm/messaging';
import { AuditRecordsRepository, type AuditRecordRow } from './audit-records.repository.js';

@Controller()
export class AuditHandler {
  constructor(private readonly records: AuditRecordsRepository) {}

  @Rpc(AuthApi.collectAudit)
  async collect({ entries }: AuditBatch): Promise<Nothing> {
    await this.records.add(entries);
    return {};
  }

  @Rpc(AuthApi.listAudit)
  async list(request: ListAuditRequest): Promise<AuditPage> {
    const { limit = 50, cursor } = request;
    const before = cursor ? decodeCursor(cursor, ['instant', 'uuid']) : undefined;
    const rows = await this.records.list(currentActor().workspaceId, request, limit + 1, before);
    return toPage(rows, limit, (row) => [row.at.toISOString(), row.id], toEntry);
  }
}

function toEntry(row: AuditRecordRow): AuditEntry {
  const { id, service, action, outcome } = row;
  const entry = {
    id,
    workspaceId: row.workspace_id,
    at: row.at.toISOString(),
    service,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    actorName: row.actor_name,
    onBehalfOf: row.on_behalf_of,
    action,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    outcome,
    reason: row.reason,
    details: row.details,
    traceId: row.trace_id,
  };
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null)) as unknown as AuditEntry;
}
