import { Injectable } from '@nestjs/common';
import { AuditLog, type AuditOutcome } from '@scm/audit';
import { Database } from '@scm/database';
import { currentActor, currentTraceId } from '@scm/messaging';

/** Puts every MCP call on record: without the row there is no answer. */
@Injectable()
export class CallAudit {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditLog,
  ) {}

  async record(
    method: string,
    outcome: AuditOutcome,
    about: { resource?: string; details?: Record<string, unknown>; reason?: string } = {},
  ): Promise<void> {
    const actor = currentActor();
    await this.database.inWorkspace(actor.workspaceId, (tx) =>
      this.audit.record(tx, {
        actor,
        action: `mcp.${method}`,
        outcome,
        resourceType: method.split('/')[0],
        resourceId: about.resource,
        details: about.details,
        reason: about.reason,
        traceId: currentTraceId(),
      }),
    );
  }
}
