import { Injectable } from '@nestjs/common';
import { Database, type CursorKey } from '@scm/database';
import { SecretBox } from '@scm/service';
import type { Task, TaskState } from './task.js';

interface TaskRow {
  id: string;
  workspace_id: string;
  principal: string;
  server: string | null;
  tool: string;
  sealed_state: string;
  created_at: Date;
  updated_at: Date;
  expires_at: Date;
}

const COLUMNS = 'id, workspace_id, principal, server, tool, sealed_state, created_at, updated_at, expires_at';

/** Tasks; arguments, questions, answers and results are sealed, each for its task. */
@Injectable()
export class TasksRepository {
  constructor(
    private readonly database: Database,
    private readonly box: SecretBox,
  ) {}

  /** False when its caller has so many already that have not ended. */
  async add(task: Task, maxOpen: number): Promise<boolean> {
    const { id, workspaceId, principal, server, tool, state, createdAt, expiresAt } = task;
    const added = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<unknown[]>(
        `insert into tasks (id, workspace_id, principal, server, tool, is_open, sealed_state, created_at, updated_at, expires_at)
         select $1, $2, $3, $4, $5, $10, $6, $7, $7, $8
         where (select count(*) from tasks where workspace_id = $2 and principal = $3 and is_open) < $9
         on conflict do nothing returning id`,
        [
          id,
          workspaceId,
          principal,
          server ?? null,
          tool,
          this.sealed(id, state),
          createdAt,
          expiresAt,
          maxOpen,
          !state.outcome,
        ],
      ),
    );
    return added.length > 0;
  }

  /** Undefined for one whose time is over, too. */
  async find(workspaceId: string, id: string): Promise<Task | undefined> {
    const [row] = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<TaskRow[]>(`select ${COLUMNS} from tasks where id = $1 and expires_at > now()`, [id]),
    );
    return row && this.toTask(row);
  }

  /** The task after the change; `change` gives undefined to leave it as it is. One at a time changes a task. */
  async change(
    workspaceId: string,
    id: string,
    change: (state: TaskState) => TaskState | undefined,
  ): Promise<Task | undefined> {
    return this.database.inWorkspace(workspaceId, async (tx) => {
      const [row] = await tx.query<TaskRow[]>(
        `select ${COLUMNS} from tasks where id = $1 and expires_at > now() for update`,
        [id],
      );
      if (!row) return undefined;
      const task = this.toTask(row);
      const state = change(task.state);
      if (!state) return task;
      const updatedAt = new Date();
      await tx.query(`update tasks set sealed_state = $2, is_open = $3, updated_at = $4 where id = $1`, [
        id,
        this.sealed(id, state),
        state.outcome === undefined,
        updatedAt,
      ]);
      return { ...task, state, updatedAt };
    });
  }

  /** Of one caller, the newest first. */
  async list(workspaceId: string, principal: string, limit: number, after?: CursorKey): Promise<Task[]> {
    const rows = await this.database.inWorkspace(workspaceId, (tx) =>
      tx.query<TaskRow[]>(
        `select ${COLUMNS} from tasks
         where workspace_id = $1 and principal = $2 and expires_at > now()
           ${after ? 'and (created_at, id) < ($4::timestamptz, $5::uuid)' : ''}
         order by created_at desc, id desc limit $3`,
        [workspaceId, principal, limit, ...(after ?? [])],
      ),
    );
    return rows.map((row) => this.toTask(row));
  }

  /** Forgets those whose time is over, and gives those that had not ended. */
  async sweep(): Promise<{ id: string; workspaceId: string }[]> {
    const [rows] = await this.database.acrossWorkspaces((tx) =>
      tx.query<[{ id: string; workspace_id: string; is_open: boolean }[], number]>(
        `delete from tasks where expires_at < now() returning id, workspace_id, is_open`,
      ),
    );
    return rows.filter((row) => row.is_open).map((row) => ({ id: row.id, workspaceId: row.workspace_id }));
  }

  private sealed(id: string, state: TaskState): string {
    return this.box.seal(JSON.stringify(state), placeOf(id));
  }

  private toTask(row: TaskRow): Task {
    return {
      id: row.id,
      workspaceId: row.workspace_id,
      principal: row.principal,
      ...(row.server !== null && { server: row.server }),
      tool: row.tool,
      state: JSON.parse(this.box.open(row.sealed_state, placeOf(row.id))) as TaskState,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      expiresAt: row.expires_at,
    };
  }
}

function placeOf(id: string): string {
  return `mcp.tasks/${id}`;
}
