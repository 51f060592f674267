import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, derivedId } from '@scm/database';

export interface RuleGroupRow {
  id: string;
  workspaceId: string;
  /** The file it is of; the default group has none. */
  file: string | null;
  name: string;
  intervalMs: number;
  offsetMs: number;
  maxResults: number;
  nextAt: Date;
  epoch: string;
  evaluatedAt: Date | null;
  evaluationMs: number;
}

export interface NewRuleGroup {
  id: string;
  workspaceId: string;
  file: string;
  name: string;
  position: number;
  intervalMs: number;
  offsetMs: number;
  maxResults: number;
}

const DEFAULT_INTERVAL_MS = 1_000;
const HOLD_SECONDS = 10;
const COLUMNS = `id, workspace_id as "workspaceId", file, name, interval_ms as "intervalMs", offset_ms::float8 as "offsetMs",
  max_results as "maxResults", next_at as "nextAt", epoch, evaluated_at as "evaluatedAt", evaluation_ms as "evaluationMs"`;

/** Groups of rules. Whoever evaluates one holds its row for some seconds, and its epoch tells who came too late. */
@Injectable()
export class RuleGroupRepository {
  constructor(private readonly database: Database) {}

  /** Takes groups that are due and that nobody evaluates. */
  async claim(limit: number): Promise<RuleGroupRow[]> {
    return this.database.acrossWorkspaces(async (tx) => {
      const [rows] = await tx.query<[RuleGroupRow[], number]>(
        `update rule_groups set epoch = epoch + 1, held_until = clock_timestamp() + interval '${HOLD_SECONDS} seconds'
         where id in (select id from rule_groups where next_at <= now()
           and (held_until is null or held_until < clock_timestamp()) order by next_at limit $1 for update skip locked)
         returning ${COLUMNS}`,
        [limit],
      );
      return rows;
    });
  }

  /** Keeps others away from a group whose evaluation takes long. */
  async hold({ id, epoch }: RuleGroupRow): Promise<void> {
    await this.database.acrossWorkspaces((tx) =>
      tx.query(
        `update rule_groups set held_until = clock_timestamp() + interval '${HOLD_SECONDS} seconds'
         where id = $1 and epoch = $2`,
        [id, epoch],
      ),
    );
  }

  /** Ends an evaluation in the transaction that stores what it came to. @returns false for one that came too late. */
  async finish(tx: EntityManager, { id, epoch }: RuleGroupRow, nextAt: Date, evaluationMs: number): Promise<boolean> {
    const [, count] = await tx.query<[unknown[], number]>(
      `update rule_groups set next_at = $3, held_until = null, evaluated_at = now(), evaluation_ms = $4
       where id = $1 and epoch = $2`,
      [id, epoch, nextAt, evaluationMs],
    );
    return count > 0;
  }

  /** Makes the group of the rules that are created one by one, for one workspace. */
  async ensureDefault(tx: EntityManager, workspaceId: string): Promise<void> {
    await tx.query(
      `insert into rule_groups (id, workspace_id, name, position, interval_ms) values ($1, $2, 'default', 0, $3)
       on conflict (id) do nothing`,
      [defaultGroupId(workspaceId), workspaceId, DEFAULT_INTERVAL_MS],
    );
  }

  /** Workspaces with rules of before there were groups. */
  async workspacesWithoutDefault(): Promise<string[]> {
    return this.database.acrossWorkspaces(async (tx) => {
      const rows = await tx.query<{ workspace_id: string }[]>(
        `select distinct workspace_id from alert_rules where group_id is null and not exists (select 1 from rule_groups
         where rule_groups.workspace_id = alert_rules.workspace_id and file is null)`,
      );
      return rows.map((row) => row.workspace_id);
    });
  }

  async listAll(tx: EntityManager): Promise<RuleGroupRow[]> {
    return tx.query<RuleGroupRow[]>(`select ${COLUMNS} from rule_groups order by file nulls first, position`);
  }

  /** The groups of a file, locked before their rules are, as whoever ends an evaluation does. */
  async lock(tx: EntityManager, file: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }[]>(`select id from rule_groups where file = $1 order by id for update`, [
      file,
    ]);
    return rows.map(({ id }) => id);
  }

  async put(tx: EntityManager, groups: readonly NewRuleGroup[]): Promise<void> {
    if (groups.length === 0) return;
    await tx.query(
      `insert into rule_groups (id, workspace_id, file, name, position, interval_ms, offset_ms, max_results)
       select id, "workspaceId", file, name, position, "intervalMs", "offsetMs", "maxResults"
       from jsonb_to_recordset($1::jsonb) as one (id uuid, "workspaceId" uuid, file text, name text, position int,
         "intervalMs" int, "offsetMs" bigint, "maxResults" int)
       on conflict (id) do update set position = excluded.position, interval_ms = excluded.interval_ms,
         offset_ms = excluded.offset_ms, max_results = excluded.max_results, next_at = least(rule_groups.next_at, now())`,
      [JSON.stringify(groups)],
    );
  }

  async remove(tx: EntityManager, ids: readonly string[]): Promise<void> {
    await tx.query(`delete from rule_groups where id = any($1::uuid[])`, [ids]);
  }
}

export function defaultGroupId(workspaceId: string): string {
  return derivedId(`the default rule group of ${workspaceId}`);
}
