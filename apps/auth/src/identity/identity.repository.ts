import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Role } from '@scm/contracts';
import { Database, type CursorKey } from '@scm/database';

export interface UserRow {
  id: string;
  username: string;
  password_hash: string;
}

export interface MemberRow {
  id: string;
  username: string;
  role: Role;
  created_at: Date;
  disabled_at: Date | null;
}

export interface MembershipRow {
  workspace_id: string;
  name: string;
  role: Role;
  created_at: Date;
  joined_at: Date;
}

const MEMBER = `u.id, u.username, m.role, m.created_at, m.disabled_at`;

/** Users, workspaces and who belongs where. Users span workspaces, so this works as the system role. */
@Injectable()
export class IdentityRepository {
  constructor(private readonly database: Database) {}

  async transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.acrossWorkspaces(work);
  }

  async findUser(tx: EntityManager, by: { username: string } | { id: string }): Promise<UserRow | undefined> {
    const [column, value] = 'id' in by ? ['id', by.id] : ['username', by.username.toLowerCase()];
    const rows = await tx.query<UserRow[]>(`select id, username, password_hash from users where ${column} = $1`, [
      value,
    ]);
    return rows[0];
  }

  async hasUsers(tx: EntityManager): Promise<boolean> {
    return (await tx.query<unknown[]>(`select 1 from users limit 1`)).length > 0;
  }

  /** @returns false when the username is taken by someone else. */
  async addUser(tx: EntityManager, user: { id: string; username: string; passwordHash: string }): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `insert into users (id, username, password_hash) values ($1, $2, $3) on conflict do nothing returning 1`,
      [user.id, user.username.toLowerCase(), user.passwordHash],
    );
    return rows.length > 0;
  }

  async setPassword(tx: EntityManager, userId: string, passwordHash: string): Promise<void> {
    await tx.query(`update users set password_hash = $2 where id = $1`, [userId, passwordHash]);
  }

  /** @returns false when the name is taken. */
  async addWorkspace(tx: EntityManager, workspace: { id: string; name: string }): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `insert into workspaces (id, name) values ($1, $2) on conflict do nothing returning 1`,
      [workspace.id, workspace.name],
    );
    return rows.length > 0;
  }

  async addMembership(tx: EntityManager, workspaceId: string, userId: string, role: Role): Promise<void> {
    await tx.query(`insert into memberships (workspace_id, user_id, role) values ($1, $2, $3) on conflict do nothing`, [
      workspaceId,
      userId,
      role,
    ]);
  }

  /** The enabled memberships of a user, oldest first, or the one in the workspace of that name. */
  async membershipsOf(
    tx: EntityManager,
    userId: string,
    { workspace, limit = 1, after }: { workspace?: string; limit?: number; after?: CursorKey } = {},
  ): Promise<MembershipRow[]> {
    return tx.query<MembershipRow[]>(
      `select m.workspace_id, w.name, m.role, w.created_at, m.created_at as joined_at
       from memberships m join workspaces w on w.id = m.workspace_id
       where m.user_id = $1 and m.disabled_at is null and ($2::text is null or w.name = $2)
         and ($3::timestamptz is null or (m.created_at, m.workspace_id) > ($3, $4::uuid))
       order by m.created_at, m.workspace_id limit $5`,
      [userId, workspace ?? null, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
  }

  async roleIn(tx: EntityManager, userId: string, workspaceId: string): Promise<Role | undefined> {
    const rows = await tx.query<{ role: Role }[]>(
      `select role from memberships where user_id = $1 and workspace_id = $2 and disabled_at is null`,
      [userId, workspaceId],
    );
    return rows[0]?.role;
  }

  async findMember(tx: EntityManager, workspaceId: string, userId: string): Promise<MemberRow | undefined> {
    const rows = await tx.query<MemberRow[]>(
      `select ${MEMBER} from memberships m join users u on u.id = m.user_id where m.workspace_id = $1 and m.user_id = $2`,
      [workspaceId, userId],
    );
    return rows[0];
  }

  async listMembers(tx: EntityManager, workspaceId: string, limit: number, after?: CursorKey): Promise<MemberRow[]> {
    // The page first: a plan that joins before would read every user up to it.
    return tx.query<MemberRow[]>(
      `select ${MEMBER} from (
         select * from memberships where workspace_id = $1 and ($2::uuid is null or user_id > $2) order by user_id limit $3
       ) m join users u on u.id = m.user_id order by m.user_id`,
      [workspaceId, after?.[0] ?? null, limit],
    );
  }

  async updateMember(
    tx: EntityManager,
    workspaceId: string,
    userId: string,
    change: { role?: Role; disabled?: boolean },
  ): Promise<void> {
    await tx.query(
      `update memberships set role = coalesce($3, role),
         disabled_at = case when $4::boolean is null then disabled_at when $4 then coalesce(disabled_at, now()) end
       where workspace_id = $1 and user_id = $2`,
      [workspaceId, userId, change.role ?? null, change.disabled ?? null],
    );
  }

  async countAdmins(tx: EntityManager, workspaceId: string): Promise<number> {
    const rows = await tx.query<unknown[]>(
      `select user_id from memberships where workspace_id = $1 and role = 'admin' and disabled_at is null for update`,
      [workspaceId],
    );
    return rows.length;
  }
}
