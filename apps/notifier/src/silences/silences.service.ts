import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import {
  invalidField,
  ServiceError,
  type CreateSilenceRequest,
  type Nothing,
  type PageRequest,
  type Silence,
  type SilencePage,
} from '@scm/contracts';
import { decodeCursor, newId, toPage } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { EventRelay } from '@scm/service';
import { AlertsRepository } from '../alerts/alerts.repository.js';
import { AlertsService } from '../alerts/alerts.service.js';
import { SilencesRepository, type SilenceRow } from './silences.repository.js';

const SWEEP_MS = 1_000;

/** Mutes alerts by their labels for a time. */
@Injectable()
export class SilencesService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer?: NodeJS.Timeout;
  private sweeping: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly silences: SilencesRepository,
    private readonly rows: AlertsRepository,
    private readonly alerts: AlertsService,
    private readonly relay: EventRelay,
    private readonly audit: AuditLog,
  ) {}

  onApplicationBootstrap(): void {
    this.schedule();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.sweeping;
  }

  async create({ matchers, startsAt, endsAt, comment }: CreateSilenceRequest): Promise<Silence> {
    const actor = currentActor();
    const { workspaceId, name: createdBy } = actor;
    if (Object.keys(matchers).length === 0) throw invalidField('matchers', 'a silence of every alert is not allowed');
    if (Date.parse(endsAt) <= Math.max(Date.now(), Date.parse(startsAt ?? '') || 0)) {
      throw invalidField('endsAt', 'lies before the silence begins');
    }
    const id = newId();
    const silence = await this.silences.inWorkspace(workspaceId, async (tx) => {
      await this.silences.add(tx, { id, workspaceId, matchers, startsAt, endsAt, comment, createdBy });
      await this.audit.record(tx, {
        actor,
        action: 'silences:write',
        outcome: 'done',
        resourceType: 'silence',
        resourceId: id,
      });
      return this.silences.find(tx, id);
    });
    if (!silence) throw new ServiceError('ALREADY_EXISTS', `the silence ${id} belongs to another workspace`);
    await this.sweep();
    return toSilence(silence);
  }

  async list({ limit = 50, cursor }: PageRequest): Promise<SilencePage> {
    const { workspaceId } = currentActor();
    const before = cursor ? decodeCursor(cursor, ['instant', 'uuid']) : undefined;
    const rows = await this.silences.inWorkspace(workspaceId, (tx) =>
      this.silences.list(tx, workspaceId, limit + 1, before),
    );
    return toPage(rows, limit, (row) => [row.created_at.toISOString(), row.id], toSilence);
  }

  async expire(id: string): Promise<Nothing> {
    const actor = currentActor();
    await this.silences.inWorkspace(actor.workspaceId, async (tx) => {
      if (!(await this.silences.find(tx, id))) throw new ServiceError('NOT_FOUND', `no silence ${id}`);
      await this.silences.expire(tx, id);
      const about = { resourceType: 'silence', resourceId: id, reason: 'expired' };
      await this.audit.record(tx, { actor, action: 'silences:write', outcome: 'done', ...about });
    });
    await this.sweep();
    return {};
  }

  /** Tells the stream of alerts which ones a silence mutes now, and which it mutes no more. */
  private async sweep(): Promise<void> {
    const taken = await this.silences.takeUnannounced(async (tx, silences) => {
      for (const silence of silences) {
        if (silence.state === 'pending') continue;
        const change = silence.state === 'active' ? 'silenced' : 'unsilenced';
        const muted = await this.rows.firingWith(tx, silence.workspace_id, silence.matchers);
        for (const alert of muted)
          await this.alerts.owe(tx, alert, change, silence.state === 'active' ? [silence] : []);
      }
    });
    if (taken > 0) this.relay.notify();
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.sweeping = this.sweep()
        .catch((error: unknown) => Logger.warn(`silences: ${String(error)}`, SilencesService.name))
        .finally(() => !this.stopped && this.schedule());
    }, SWEEP_MS);
  }
}

function toSilence(row: SilenceRow): Silence {
  const { id, matchers, comment, state } = row;
  const [startsAt, endsAt] = [row.starts_at.toISOString(), row.ends_at.toISOString()];
  return { id, matchers, startsAt, endsAt, comment, createdBy: row.created_by, state };
}
