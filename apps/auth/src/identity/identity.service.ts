import { Injectable } from '@nestjs/common';
import {
  ServiceError,
  type CreateUserRequest,
  type CreateWorkspaceRequest,
  type Identity,
  type Member,
  type MemberPage,
  type PageRequest,
  type UpdateMemberRequest,
  type Workspace,
  type WorkspacePage,
} from '@scm/contracts';
import { AuditLog } from '@scm/audit';
import { decodeCursor, newId, toPage } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { Policy } from '@scm/policy';
import { IdentityRepository, type MemberRow, type MembershipRow } from './identity.repository.js';
import { hashPassword } from './password.js';

/** Users, workspaces and memberships. */
@Injectable()
export class IdentityService {
  constructor(
    private readonly identities: IdentityRepository,
    private readonly policy: Policy,
    private readonly audit: AuditLog,
  ) {}

  async whoAmI(): Promise<Identity> {
    const actor = currentActor();
    const { id, kind, name, workspaceId, role } = actor;
    return { id, kind, name, workspaceId, ...(role && { role }), permissions: [...this.policy.permissionsOf(actor)] };
  }

  async createUser(request: CreateUserRequest): Promise<Member> {
    const actor = currentActor();
    const passwordHash = await hashPassword(request.password);
    return this.identities.transaction(async (tx) => {
      const id = newId();
      const added = await this.identities.addUser(tx, { id, username: request.username, passwordHash });
      if (!added && !(await this.identities.findMember(tx, actor.workspaceId, id))) {
        throw new ServiceError('ALREADY_EXISTS', `the username ${request.username} is taken`);
      }
      await this.identities.addMembership(tx, actor.workspaceId, id, request.role);
      await this.audit.record(tx, {
        actor,
        action: 'members:write',
        resourceType: 'user',
        resourceId: id,
        outcome: 'done',
      });
      return toMember(await this.member(tx, actor.workspaceId, id));
    });
  }

  async updateMember({ id, role, state }: UpdateMemberRequest): Promise<Member> {
    const actor = currentActor();
    return this.identities.transaction(async (tx) => {
      const before = await this.member(tx, actor.workspaceId, id);
      const losesAdmin =
        before.role === 'admin' && !before.disabled_at && ((role && role !== 'admin') || state === 'disabled');
      if (losesAdmin && (await this.identities.countAdmins(tx, actor.workspaceId)) === 1) {
        throw new ServiceError('FAILED_PRECONDITION', 'a workspace keeps at least one administrator');
      }
      const disabled = state && state === 'disabled';
      await this.identities.updateMember(tx, actor.workspaceId, id, { role, disabled });
      const details = { role, state };
      await this.audit.record(tx, {
        actor,
        action: 'members:write',
        resourceType: 'user',
        resourceId: id,
        outcome: 'done',
        details,
      });
      return toMember(await this.member(tx, actor.workspaceId, id));
    });
  }

  async listUsers({ limit = 50, cursor }: PageRequest): Promise<MemberPage> {
    const { workspaceId } = currentActor();
    const after = cursor ? decodeCursor(cursor, ['uuid']) : undefined;
    const rows = await this.identities.transaction((tx) =>
      this.identities.listMembers(tx, workspaceId, limit + 1, after),
    );
    return toPage(rows, limit, (row) => [row.id], toMember);
  }

  /** The creator becomes the new workspace's first administrator. */
  async createWorkspace({ name }: CreateWorkspaceRequest): Promise<Workspace> {
    const actor = currentActor();
    if (actor.kind !== 'user') throw new ServiceError('PERMISSION_DENIED', 'only a user can own a workspace');
    return this.identities.transaction(async (tx) => {
      const id = newId();
      await this.identities.addWorkspace(tx, { id, name });
      const mine = async () =>
        (await this.identities.membershipsOf(tx, actor.id, { workspace: name })).find((m) => m.workspace_id === id);
      await this.identities.addMembership(tx, id, actor.id, 'admin');
      const created = await mine();
      if (!created) throw new ServiceError('ALREADY_EXISTS', `the workspace name ${name} is taken`);
      await this.audit.record(tx, {
        actor,
        action: 'workspaces:write',
        resourceType: 'workspace',
        resourceId: id,
        outcome: 'done',
      });
      return toWorkspace(created);
    });
  }

  /** The workspaces of the caller, the one joined first first. */
  async listWorkspaces({ limit = 50, cursor }: PageRequest): Promise<WorkspacePage> {
    const actor = currentActor();
    if (actor.kind !== 'user') return { items: [] };
    const after = cursor ? decodeCursor(cursor, ['instant', 'uuid']) : undefined;
    const rows = await this.identities.transaction((tx) =>
      this.identities.membershipsOf(tx, actor.id, { limit: limit + 1, after }),
    );
    return toPage(rows, limit, (row) => [row.joined_at.toISOString(), row.workspace_id], toWorkspace);
  }

  private async member(
    tx: Parameters<IdentityRepository['findMember']>[0],
    workspaceId: string,
    id: string,
  ): Promise<MemberRow> {
    const member = await this.identities.findMember(tx, workspaceId, id);
    if (!member) throw new ServiceError('NOT_FOUND', `no member ${id} in this workspace`);
    return member;
  }
}

function toMember(row: MemberRow): Member {
  const { id, username, role } = row;
  const disabledAt = row.disabled_at?.toISOString();
  return { id, username, role, createdAt: row.created_at.toISOString(), ...(disabledAt && { disabledAt }) };
}

function toWorkspace(row: MembershipRow): Workspace {
  return { id: row.workspace_id, name: row.name, role: row.role, createdAt: row.created_at.toISOString() };
}
