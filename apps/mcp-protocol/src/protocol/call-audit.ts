import { Injectable } from '@nestjs/common';
import { AuditWriter, AuditLog, type AuditOutcome } from '@scm/audit';
import { Database } from '@scm/database';
import { currentActor, currentTraceId } from '@scm/messaging';

/** Puts every MCP call on record: without the row there is no answer. */
@Injectable()
export class CallAudit {
  private readonly writer: AuditWriter;

  constructor(database: Database, audit: AuditLog) {
    this.writer = new AuditWriter(database, audit);
  }

  async record(
    method: string,
    outcome: AuditOutcome,
    about: { resource?: string; details?: Record<string, unknown>; reason?: string } = {},
  ): Promise<void> {
    await this.writer.record({
      actor: currentActor(),
      action: `mcp.${method}`,
      outcome,
      resourceType: method.split('/')[0],
      resourceId: about.resource,
      details: about.details,
      reason: about.reason,
      traceId: currentTraceId(),
    });
  }
}
