import { Injectable } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import {
  BUILT_IN_MEMBER,
  invalidField,
  ServiceError,
  type Nothing,
  type PageRequest,
  type SetVirtualServerRequest,
  type VirtualServer,
  type VirtualServerPage,
  WORKFLOWS_MEMBER,
} from '@scm/contracts';
import { decodeCursor, toPage } from '@scm/database';
import { currentActor } from '@scm/messaging';
import type { EntityManager } from 'typeorm';
import { UpstreamsRepository } from './upstreams.repository.js';
import { VirtualServersRepository, type VirtualServerRow } from './virtual-servers.repository.js';

@Injectable()
export class VirtualServersService {
  constructor(
    private readonly servers: VirtualServersRepository,
    private readonly upstreams: UpstreamsRepository,
    private readonly audit: AuditLog,
  ) {}

  async set({ name, members }: SetVirtualServerRequest): Promise<VirtualServer> {
    const { workspaceId } = currentActor();
    const rows = await this.servers.inWorkspace(workspaceId, async (tx) => {
      await this.checkMembers(
        tx,
        members.map(({ upstream }) => upstream),
      );
      await this.record(tx, name, { members });
      return this.servers.set(tx, { workspaceId, name, members });
    });
    return toVirtualServer(rows[0] ?? notFound(name));
  }

  async list({ limit = 50, cursor }: PageRequest): Promise<VirtualServerPage> {
    const { workspaceId } = currentActor();
    const after = cursor ? String(decodeCursor(cursor, ['text'])[0]) : undefined;
    const rows = await this.servers.inWorkspace(workspaceId, (tx) =>
      this.servers.list(tx, workspaceId, limit + 1, after),
    );
    return toPage(rows, limit, ({ name }) => [name], toVirtualServer);
  }

  async get(name: string): Promise<VirtualServer> {
    const { workspaceId } = currentActor();
    const row = await this.servers.inWorkspace(workspaceId, (tx) => this.servers.find(tx, workspaceId, name));
    return toVirtualServer(row ?? notFound(name));
  }

  async remove(name: string): Promise<Nothing> {
    const { workspaceId } = currentActor();
    await this.servers.inWorkspace(workspaceId, async (tx) => {
      if (!(await this.servers.remove(tx, workspaceId, name))) notFound(name);
      await this.record(tx, name, { removed: true });
    });
    return {};
  }

  private async checkMembers(tx: EntityManager, names: string[]): Promise<void> {
    if (new Set(names).size !== names.length) throw invalidField('members', 'name an upstream twice');
    const known = await this.upstreams.named(tx, currentActor().workspaceId, names);
    const found = new Set([BUILT_IN_MEMBER, WORKFLOWS_MEMBER, ...known.map(({ name }) => name)]);
    const unknown = names.findIndex((name) => !found.has(name));
    if (unknown >= 0) throw invalidField(`members.${unknown}.upstream`, `there is no upstream ${names[unknown]}`);
  }

  private async record(tx: EntityManager, name: string, details: Record<string, unknown>): Promise<void> {
    const about = { resourceType: 'virtual-server', resourceId: name, details };
    await this.audit.record(tx, { actor: currentActor(), action: 'upstreams:write', outcome: 'done', ...about });
  }
}

function notFound(name: string): never {
  throw new ServiceError('NOT_FOUND', `no virtual server ${name}`);
}

function toVirtualServer({ name, members, created_at, updated_at }: VirtualServerRow): VirtualServer {
  return { name, members, createdAt: created_at.toISOString(), updatedAt: updated_at.toISOString() };
}
