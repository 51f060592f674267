import { Injectable } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import {
  ServiceError,
  type CreateWorkflowRequest,
  type GetWorkflowRequest,
  type ListVersionsRequest,
  type PageRequest,
  type WorkflowVersion,
  type WorkflowVersionPage,
} from '@scm/contracts';
import { decodeCursor, toPage } from '@scm/database';
import { currentActor, currentTraceId } from '@scm/messaging';
import { EventRelay } from '@scm/service';
import { WorkflowVersionEntity } from './definition.entities.js';
import { DefinitionRepository } from './definition.repository.js';
import { startFiltersOf } from '../triggers/alert-filter.js';
import { digestOfDocument, invalid, readDocument } from './document.js';
import { ScheduleService } from '../schedules/schedule.service.js';
import type { WorkflowDocument } from './language.js';
import { unsupportedIn } from './supported.js';

/** Workflow definitions: immutable versions of documents. */
@Injectable()
export class DefinitionService {
  constructor(
    private readonly definitions: DefinitionRepository,
    private readonly schedules: ScheduleService,
    private readonly audit: AuditLog,
    private readonly relay: EventRelay,
  ) {}

  /** The same version with the same document is answered as it is; with another one it is ALREADY_EXISTS. */
  async create({ document: source }: CreateWorkflowRequest): Promise<WorkflowVersion> {
    const actor = currentActor();
    const document = readDocument(source);
    const unsupported = unsupportedIn(document);
    if (unsupported.length > 0) throw invalid(unsupported);
    const wanted = versionOf(document, actor.workspaceId, `${actor.kind}:${actor.id}`);
    const { workspaceId, name, version, digest } = wanted;
    const kept = await this.definitions.inWorkspace(workspaceId, async (tx) => {
      const filters = startFiltersOf(wanted.document);
      if (!(await this.definitions.add(tx, wanted, filters))) {
        return this.definitions.findIn(tx, workspaceId, name, version);
      }
      await this.schedules.takeOver(tx, wanted);
      await this.audit.record(tx, {
        actor,
        action: 'workflows:write',
        outcome: 'done',
        resourceType: 'workflow',
        resourceId: `${name}@${version}`,
        details: { digest },
        traceId: currentTraceId(),
      });
      return wanted;
    });
    this.relay.notify();
    if (kept?.digest !== digest) {
      throw new ServiceError(
        'ALREADY_EXISTS',
        `${name} ${version} exists with another document: give it a new version`,
      );
    }
    return toVersion(kept);
  }

  async get({ name, version }: GetWorkflowRequest): Promise<WorkflowVersion> {
    const { workspaceId } = currentActor();
    const found = await this.definitions.find(workspaceId, name, version);
    if (!found) throw new ServiceError('NOT_FOUND', `no workflow ${[name, version].filter(Boolean).join(' ')}`);
    const schedule = await this.schedules.find(workspaceId, name);
    return Object.assign(toVersion(found), { document: { ...found.document }, ...(schedule && { schedule }) });
  }

  async list({ limit = 50, cursor }: PageRequest): Promise<WorkflowVersionPage> {
    const after = cursor ? decodeCursor(cursor, ['text']) : undefined;
    const rows = await this.definitions.list(currentActor().workspaceId, limit + 1, after);
    return toPage(rows, limit, (row) => [row.name], toVersion);
  }

  async listVersions({ name, limit = 50, cursor }: ListVersionsRequest): Promise<WorkflowVersionPage> {
    const after = cursor ? decodeCursor(cursor, ['instant', 'text']) : undefined;
    const rows = await this.definitions.listVersions(currentActor().workspaceId, name, limit + 1, after);
    if (rows.length === 0 && !after) throw new ServiceError('NOT_FOUND', `no workflow ${name}`);
    return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.version], toVersion);
  }
}

function versionOf(document: WorkflowDocument, workspaceId: string, createdBy: string): WorkflowVersionEntity {
  const { name, version, title = null, summary = null } = document.document;
  const digest = digestOfDocument(document);
  return { workspaceId, name, version, title, summary, digest, document, createdBy, createdAt: new Date() };
}

function toVersion({ name, version, title, summary, digest, createdAt }: WorkflowVersionEntity): WorkflowVersion {
  return {
    name,
    version,
    ...(title !== null && { title }),
    ...(summary !== null && { summary }),
    digest,
    createdAt: createdAt.toISOString(),
  };
}
