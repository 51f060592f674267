import type { AuditEntry, ServiceName } from '@scm/contracts';
import type { Database } from '@scm/database';
import type { AuditEventEntity } from './audit-event.entity.js';

/** At most so many rows go at once. */
export const BATCH = 500;
// Well below what a NATS server accepts as one message by default, 1 MiB.
const MAX_BATCH_BYTES = 524_288;

/** The relay's side of the audit rows. */
export class AuditRepository {
  constructor(
    private readonly database: Database,
    private readonly service: ServiceName,
  ) {}

  /** Hands the oldest uncollected rows to `send` and stamps those it took; another replica passes them over meanwhile. */
  async collect(send: (entries: AuditEntry[]) => Promise<void>): Promise<number> {
    return this.database.acrossWorkspaces(async (tx) => {
      const rows = await tx.query<AuditEventRow[]>(
        `select ${columns} from audit_events where collected_at is null order by at limit $1 for update skip locked`,
        [BATCH],
      );
      const entries = fitting(rows.map((row) => toEntry(row, this.service)));
      if (entries.length === 0) return 0;
      await send(entries);
      const ids = entries.map(({ id }) => id);
      await tx.query(`update audit_events set collected_at = now() where id = any($1)`, [ids]);
      return entries.length;
    });
  }
}

type AuditEventRow = Omit<AuditEventEntity, 'collectedAt'>;

const columns = `id, workspace_id as "workspaceId", at, actor_kind as "actorKind", actor_id as "actorId",
  actor_name as "actorName", on_behalf_of as "onBehalfOf", action, resource_type as "resourceType",
  resource_id as "resourceId", outcome, reason, details, trace_id as "traceId"`;

function toEntry({ at, ...row }: AuditEventRow, service: ServiceName): AuditEntry {
  const known = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  return { ...(known as Omit<AuditEntry, 'at' | 'service'>), at: at.toISOString(), service };
}

function fitting(entries: AuditEntry[]): AuditEntry[] {
  let bytes = 0;
  const end = entries.findIndex((entry) => (bytes += Buffer.byteLength(JSON.stringify(entry))) > MAX_BATCH_BYTES);
  return end === -1 ? entries : entries.slice(0, end);
}
