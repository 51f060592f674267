import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditLog } from '@scm/audit';
import {
  ServiceError,
  type CreateEmailContactRequest,
  type EmailContact,
  type EmailContactPage,
  type Nothing,
  type Notification,
  type PageRequest,
} from '@scm/contracts';
import { decodeCursor, newId, toPage } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { NotifierConfig } from '../config.js';
import { NotificationsService } from '../notifications/notifications.service.js';
import { EmailContactsRepository, type EmailContactRow } from './email-contacts.repository.js';

/** The mailboxes that notifications are sent to. */
@Injectable()
export class EmailContactsService {
  constructor(
    private readonly contacts: EmailContactsRepository,
    private readonly notifications: NotificationsService,
    private readonly audit: AuditLog,
    private readonly config: NotifierConfig,
  ) {}

  async create({ address, topics = [] }: CreateEmailContactRequest): Promise<EmailContact> {
    if (!this.config.smtpUrl)
      throw new ServiceError('FAILED_PRECONDITION', 'no e-mail can be sent: SCM_SMTP_URL is not set');
    const { workspaceId } = currentActor();
    const id = newId();
    const row = await this.contacts.inWorkspace(workspaceId, async (tx) => {
      await this.record(tx, id, { details: { topics } });
      return this.contacts.add(tx, { id, workspaceId, address, topics });
    });
    if (!row) throw new ServiceError('ALREADY_EXISTS', `the e-mail contact ${id} belongs to another workspace`);
    return toContact(row);
  }

  async list({ limit = 50, cursor }: PageRequest): Promise<EmailContactPage> {
    const { workspaceId } = currentActor();
    const after = cursor ? decodeCursor(cursor, ['instant', 'uuid']) : undefined;
    const rows = await this.contacts.inWorkspace(workspaceId, (tx) =>
      this.contacts.list(tx, workspaceId, limit + 1, after),
    );
    return toPage(rows, limit, (row) => [row.created_at.toISOString(), row.id], toContact);
  }

  async remove(id: string): Promise<Nothing> {
    await this.contacts.inWorkspace(currentActor().workspaceId, async (tx) => {
      if (!(await this.contacts.remove(tx, id))) throw notFound(id);
      await this.record(tx, id, { reason: 'removed' });
    });
    return {};
  }

  async test(id: string): Promise<Notification> {
    return this.notifications.test('email', id, async (tx) => {
      if (!(await this.contacts.find(tx, id))) throw notFound(id);
      await this.record(tx, id, { reason: 'tested' });
    });
  }

  private async record(
    tx: EntityManager,
    id: string,
    what: { details?: Record<string, unknown>; reason?: string },
  ): Promise<void> {
    const about = { resourceType: 'email-contact', resourceId: id, ...what };
    await this.audit.record(tx, { actor: currentActor(), action: 'email-contacts:write', outcome: 'done', ...about });
  }
}

function notFound(id: string): ServiceError {
  return new ServiceError('NOT_FOUND', `no e-mail contact ${id}`);
}

function toContact({ id, address, topics, created_at }: EmailContactRow): EmailContact {
  return { id, address, topics, createdAt: created_at.toISOString() };
}
