import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditLog } from '@scm/audit';
import {
  ServiceError,
  type ActivateTemplateRequest,
  type CreateTemplateRequest,
  type GetTemplateRequest,
  type ListTemplateVersionsRequest,
  type Nothing,
  type PageRequest,
  type PreviewTemplateRequest,
  type RenderedTemplate,
  type TemplatePage,
  type TemplateRef,
  type TemplateVersion,
  type TemplateVersionPage,
} from '@scm/contracts';
import { decodeCursor, newId, toPage } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { builtInTemplates } from './built-in.templates.js';
import { checkContent, renderContent } from './template.content.js';
import { toContent } from './template.renderer.js';
import { sampleNotification, variablesOf } from './template.variables.js';
import { TemplatesRepository, type VersionRow } from './templates.repository.js';

/** What words the notifications of a workspace. A version never changes; one of them, or the built-in one, is active. */
@Injectable()
export class TemplatesService {
  constructor(
    private readonly templates: TemplatesRepository,
    private readonly audit: AuditLog,
  ) {}

  async create(request: CreateTemplateRequest): Promise<TemplateVersion> {
    checkContent(request);
    const { workspaceId, name: createdBy } = currentActor();
    const id = newId();
    return this.templates.inWorkspace(workspaceId, async (tx) => {
      await this.templates.addVersion(tx, { ...request, id, workspaceId, createdBy });
      const row = await this.templates.findById(tx, id);
      if (!row) throw new ServiceError('ALREADY_EXISTS', `the version ${id} belongs to another workspace`);
      await this.record(tx, request, { version: row.version });
      return toVersion(row);
    });
  }

  async list({ limit = 50, cursor }: PageRequest): Promise<TemplatePage> {
    const { workspaceId } = currentActor();
    const after = cursor ? decodeCursor(cursor, ['text', 'text']) : undefined;
    const rows = await this.templates.inWorkspace(workspaceId, (tx) =>
      this.templates.list(tx, workspaceId, limit + 1, after),
    );
    return toPage(
      rows,
      limit,
      ({ channel, name }) => [channel, name],
      ({ channel, name, active_version: activeVersion, updated_at }) => {
        return { channel, name, activeVersion, updatedAt: updated_at.toISOString() };
      },
    );
  }

  async get({ channel, name, version }: GetTemplateRequest): Promise<TemplateVersion> {
    const { workspaceId } = currentActor();
    const named = { workspaceId, channel, name };
    const [row, active] = await this.templates.inWorkspace(workspaceId, async (tx) => [
      await this.templates.find(tx, named, version),
      await this.templates.find(tx, named),
    ]);
    if (row) return toVersion(row);
    if (name === 'default' && !version) return { ...builtInTemplates[channel], name, version: 0, active: !active };
    throw notFound({ channel, name }, version);
  }

  async listVersions({ channel, name, limit = 50, cursor }: ListTemplateVersionsRequest): Promise<TemplateVersionPage> {
    const { workspaceId } = currentActor();
    const before = cursor ? decodeCursor(cursor, ['whole']) : undefined;
    const rows = await this.templates.inWorkspace(workspaceId, (tx) =>
      this.templates.listVersions(tx, { workspaceId, channel, name }, limit + 1, before),
    );
    return toPage(rows, limit, (row) => [row.version], toVersion);
  }

  async activate({ channel, name, version }: ActivateTemplateRequest): Promise<TemplateVersion> {
    const { workspaceId } = currentActor();
    return this.templates.inWorkspace(workspaceId, async (tx) => {
      const named = { workspaceId, channel, name };
      const row = await this.templates.find(tx, named, version);
      if (!row) throw notFound({ channel, name }, version);
      await this.templates.activate(tx, named, version);
      await this.record(tx, { channel, name }, { version });
      return { ...toVersion(row), active: true };
    });
  }

  async remove({ channel, name }: TemplateRef): Promise<Nothing> {
    const { workspaceId } = currentActor();
    await this.templates.inWorkspace(workspaceId, async (tx) => {
      if (!(await this.templates.activate(tx, { workspaceId, channel, name }, null))) throw notFound({ channel, name });
      await this.record(tx, { channel, name }, { change: 'removed' });
    });
    return {};
  }

  async preview({ notification, ...content }: PreviewTemplateRequest): Promise<RenderedTemplate> {
    checkContent(content);
    return renderContent(content, variablesOf(sampleNotification(notification)));
  }

  private async record(tx: EntityManager, { channel, name }: TemplateRef, details: Record<string, unknown>) {
    const about = { resourceType: 'template', resourceId: `${channel}/${name}`, details };
    await this.audit.record(tx, { actor: currentActor(), action: 'templates:write', outcome: 'done', ...about });
  }
}

function notFound({ channel, name }: TemplateRef, version?: number): ServiceError {
  const which = version === undefined ? '' : ` with a version ${version}`;
  return new ServiceError('NOT_FOUND', `no ${channel} template ${name}${which}`);
}

function toVersion(row: VersionRow): TemplateVersion {
  const { name, version, active, created_by: createdBy } = row;
  return { ...toContent(row), name, version, active, createdAt: row.created_at.toISOString(), createdBy };
}
