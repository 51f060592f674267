import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditLog } from '@scm/audit';
import {
  AlertEvents,
  ServiceError,
  severities,
  type AcknowledgeRequest,
  type Alert,
  type AlertChanged,
  type AlertPage,
  type AlertTransition,
  type ListAlertsRequest,
  type Severity,
} from '@scm/contracts';
import { decodeCursor, oweEvent, toPage } from '@scm/database';
import { currentActor, currentTraceId, currentTraceparent } from '@scm/messaging';
import { EventRelay } from '@scm/service';
import { DeliverySender } from '../deliveries/delivery.sender.js';
import { NotificationsService } from '../notifications/notifications.service.js';
import { SilencesRepository, type SilenceRow } from '../silences/silences.repository.js';
import { AlertsRepository, type AlertRow } from './alerts.repository.js';

/** Alerts as people work with them: told once, acknowledged, silenced, and told again when they end. */
@Injectable()
export class AlertsService {
  constructor(
    private readonly alerts: AlertsRepository,
    private readonly silences: SilencesRepository,
    private readonly notifications: NotificationsService,
    private readonly sender: DeliverySender,
    private readonly relay: EventRelay,
    private readonly audit: AuditLog,
  ) {}

  /** A transition that comes again changes nothing. */
  async take(transition: AlertTransition, change: 'fired' | 'resolved'): Promise<void> {
    const { workspaceId } = transition;
    const severity = severityOf(transition.labels);
    await this.alerts.inWorkspace(workspaceId, async (tx) => {
      const row = await (change === 'fired'
        ? this.alerts.fire(tx, transition, severity)
        : this.alerts.resolve(tx, transition, severity));
      if (!row) return;
      const muting = await this.mutingOf(tx, row);
      await this.owe(tx, row, change, muting);
      if (muting.length === 0) await this.tell(tx, row, change);
    });
    this.relay.notify();
    this.sender.wake();
  }

  async list({ state, limit = 50, cursor }: ListAlertsRequest): Promise<AlertPage> {
    const { workspaceId } = currentActor();
    const before = cursor ? decodeCursor(cursor, ['instant', 'uuid']) : undefined;
    return this.alerts.inWorkspace(workspaceId, async (tx) => {
      const rows = await this.alerts.list(tx, workspaceId, state, limit + 1, before);
      const active = await this.silences.active(tx, workspaceId);
      return toPage(
        rows,
        limit,
        (row) => [row.created_at.toISOString(), row.id],
        (row) => toAlert(row, mutedBy(row, active)),
      );
    });
  }

  async get(id: string): Promise<Alert> {
    return this.alerts.inWorkspace(currentActor().workspaceId, (tx) => this.read(tx, id));
  }

  /** An acknowledgement ends with its alert: the next firing asks for a new one. */
  async acknowledge({ id, comment }: AcknowledgeRequest): Promise<Alert> {
    const actor = currentActor();
    const alert = await this.alerts.inWorkspace(actor.workspaceId, async (tx) => {
      const row = await this.alerts.find(tx, id);
      if (!row) throw new ServiceError('NOT_FOUND', `no alert ${id}`);
      if (row.state === 'resolved') throw new ServiceError('FAILED_PRECONDITION', 'the alert has ended');
      if (await this.alerts.acknowledge(tx, id, actor.onBehalfOf ?? actor.name)) {
        const changed = await this.alerts.find(tx, id);
        if (changed) await this.owe(tx, changed, 'acknowledged', await this.mutingOf(tx, changed));
        const details = { comment };
        const about = { resourceType: 'alert', resourceId: id, details, traceId: currentTraceId() };
        await this.audit.record(tx, { actor, action: 'alerts:write', outcome: 'done', ...about });
      }
      return this.read(tx, id);
    });
    this.relay.notify();
    return alert;
  }

  /** Owes the change of an alert to the stream of alerts. */
  async owe(
    tx: EntityManager,
    row: AlertRow,
    change: AlertChanged['change'],
    muting: readonly SilenceRow[],
  ): Promise<void> {
    const { workspace_id: workspaceId } = row;
    const alert = {
      ...toAlert(
        row,
        muting.map((silence) => silence.id),
      ),
    };
    const payload = { workspaceId, change, alert, at: new Date().toISOString() };
    await oweEvent(tx, AlertEvents.changed, {
      workspaceId,
      keys: [workspaceId],
      payload,
      traceparent: currentTraceparent(),
    });
  }

  private async read(tx: EntityManager, id: string): Promise<Alert> {
    const row = await this.alerts.find(tx, id);
    if (!row) throw new ServiceError('NOT_FOUND', `no alert ${id}`);
    return toAlert(row, mutedBy(row, await this.silences.active(tx, row.workspace_id)));
  }

  private async mutingOf(tx: EntityManager, row: AlertRow): Promise<SilenceRow[]> {
    const active = await this.silences.active(tx, row.workspace_id);
    return active.filter((silence) => isMuted(row, silence));
  }

  private async tell(tx: EntityManager, row: AlertRow, change: 'fired' | 'resolved'): Promise<void> {
    const about = row.annotations.summary ?? `${row.name} ${change === 'fired' ? 'fires' : 'has ended'}`;
    await this.notifications.add(tx, row.workspace_id, {
      key: `alert:${row.id}:${change}`,
      topic: `alert.${change}`,
      title: `${change === 'fired' ? 'Firing' : 'Resolved'}: ${row.name}`,
      body: (row.annotations.description ? `${about}\n${row.annotations.description}` : about).slice(0, 8_192),
      severity: change === 'fired' ? row.severity : 'info',
      data: { alert: toAlert(row, []) },
    });
  }
}

function isMuted({ labels }: AlertRow, { matchers }: SilenceRow): boolean {
  return Object.entries(matchers).every(([name, value]) => labels[name] === value);
}

function mutedBy(row: AlertRow, active: readonly SilenceRow[]): string[] {
  return active.filter((silence) => isMuted(row, silence)).map((silence) => silence.id);
}

function severityOf({ severity }: Record<string, string>): Severity {
  return severities.find((known) => known === severity) ?? 'warning';
}

function toAlert(row: AlertRow, silencedBy: string[]): Alert {
  const { id, fingerprint, name, state, severity, labels, annotations, value } = row;
  return {
    id,
    ruleId: row.rule_id,
    fingerprint,
    name,
    state,
    severity,
    labels,
    annotations,
    value,
    startsAt: row.starts_at.toISOString(),
    ...(row.ends_at && { endsAt: row.ends_at.toISOString() }),
    ...(row.acknowledged_at && { acknowledgedAt: row.acknowledged_at.toISOString() }),
    ...(row.acknowledged_by && { acknowledgedBy: row.acknowledged_by }),
    silencedBy,
  };
}
