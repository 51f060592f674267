import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CursorKey } from '@scm/database';

export interface RuleFileRow {
  name: string;
  document: Record<string, unknown>;
  groups: number;
  rules: number;
  created_at: Date;
  updated_at: Date;
}

export interface NewRuleFile {
  workspaceId: string;
  name: string;
  document: object;
  groups: number;
  rules: number;
  createdBy: string;
}

const OUTLINE = `name, groups, rules, created_at, updated_at`;

@Injectable()
export class RuleFileRepository {
  /** Lets nobody else change the file until the transaction ends. */
  async lock(tx: EntityManager, workspaceId: string): Promise<void> {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [`scm.metrics.rules.${workspaceId}`]);
  }

  async put(tx: EntityManager, file: NewRuleFile): Promise<RuleFileRow> {
    const rows = await tx.query<RuleFileRow[]>(
      `insert into rule_files (workspace_id, name, document, groups, rules, created_by) values ($1, $2, $3, $4, $5, $6)
       on conflict (workspace_id, name) do update set document = excluded.document, groups = excluded.groups,
         rules = excluded.rules, updated_at = now() returning ${OUTLINE}, document`,
      [file.workspaceId, file.name, JSON.stringify(file.document), file.groups, file.rules, file.createdBy],
    );
    return rows[0] as RuleFileRow;
  }

  async find(tx: EntityManager, name: string): Promise<RuleFileRow | undefined> {
    return (await tx.query<RuleFileRow[]>(`select ${OUTLINE}, document from rule_files where name = $1`, [name]))[0];
  }

  async list(tx: EntityManager, limit: number, after?: CursorKey): Promise<Omit<RuleFileRow, 'document'>[]> {
    return tx.query<RuleFileRow[]>(
      `select ${OUTLINE} from rule_files where $1::text is null or name > $1 order by name limit $2`,
      [after?.[0] ?? null, limit],
    );
  }

  async remove(tx: EntityManager, name: string): Promise<boolean> {
    const [, count] = await tx.query<[unknown[], number]>(`delete from rule_files where name = $1`, [name]);
    return count > 0;
  }

  /** Rules of the workspace's files but one. */
  async countOthers(tx: EntityManager, name: string): Promise<number> {
    const [row] = await tx.query<{ count: number }[]>(
      `select coalesce(sum(rules), 0)::int as count from rule_files where name <> $1`,
      [name],
    );
    return row?.count ?? 0;
  }
}
