import { GroupCommit, unavailableIfAway, type Database } from '@scm/database';
import { auditInsert, type AuditLog, type AuditRecord, type AuditRow } from './audit-log.js';

const INSERT = auditInsert('unnest($1::jsonb[]) as batch(audit)');

/** For what has no effect of its own in the database: rows that come together are one commit. */
export class AuditWriter {
  private readonly commits = new GroupCommit<AuditRow, void>((rows) => this.write(rows), { lanes: 1, maxBatch: 256 });

  constructor(
    private readonly database: Database,
    private readonly log: AuditLog,
  ) {}

  /** Resolves after the commit. Throws ServiceError when the database is away. */
  async record(record: AuditRecord): Promise<void> {
    await this.commits.add(this.log.rowOf(record));
  }

  private async write(rows: readonly AuditRow[]): Promise<void[]> {
    const values = [rows.map((row) => JSON.stringify(row))];
    await this.database.systemPool
      .query({ name: 'insert-audit-batch', text: INSERT, values })
      .catch((error: unknown) => Promise.reject(unavailableIfAway(error)));
    return rows.map(() => undefined);
  }
}
