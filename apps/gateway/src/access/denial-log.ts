import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { v7 } from 'uuid';
import { AuthApi, DEFAULT_WORKSPACE_ID, ServiceError, type Actor, type AuditEntry } from '@scm/contracts';
import { currentTraceId, MessagingClient } from '@scm/messaging';
import { serviceActor } from '@scm/service';
import type { GatewayRequest } from '../http/request.js';

const EVERY_MS = 1_000;
const BATCH = 500;
const KEPT = 5_000;

/**
 * Brings what the gateway itself refused (unproved callers, stream channels) into auth's audit. The gateway has no
 * database: rows wait here a second, and while auth is away the newest are dropped once 5,000 wait, with a count in the log.
 */
@Injectable()
export class DenialLog implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(DenialLog.name);
  private waiting: AuditEntry[] = [];
  private dropped = 0;
  private timer?: NodeJS.Timeout;
  private flushing?: Promise<void>;

  constructor(private readonly messaging: MessagingClient) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), EVERY_MS);
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.flushing;
    await this.flush();
  }

  /** An HTTP request whose caller could not be proved. */
  record(request: GatewayRequest, error: unknown): void {
    if (!(error instanceof ServiceError) || error.code !== 'UNAUTHENTICATED') return;
    this.add(undefined, 'auth.authenticate', `${request.method} ${request.path}`, error.message, request.ip);
  }

  /** A channel of the stream that the policy refused. */
  add(actor: Actor | undefined, action: string, resourceId: string, reason: string, address?: string): void {
    if (this.waiting.length >= KEPT) {
      this.dropped++;
      return;
    }
    this.waiting.push({
      id: v7(),
      workspaceId: actor?.workspaceId ?? DEFAULT_WORKSPACE_ID,
      at: new Date().toISOString(),
      service: 'gateway',
      actorKind: actor?.kind ?? 'anonymous',
      actorId: actor?.id ?? address ?? '-',
      actorName: actor?.name ?? '-',
      action,
      resourceType: 'route',
      resourceId: resourceId.slice(0, 256),
      outcome: 'denied',
      reason: reason.slice(0, 512),
      traceId: currentTraceId(),
    });
  }

  /** One at a time: a second one would send the same rows again, and drop others in their place. */
  private flush(): Promise<void> {
    return (this.flushing ??= this.send().finally(() => (this.flushing = undefined)));
  }

  private async send(): Promise<void> {
    const entries = this.waiting.slice(0, BATCH);
    if (entries.length === 0) return;
    try {
      await this.messaging.request(
        AuthApi.collectAudit,
        { entries },
        { as: serviceActor('gateway', DEFAULT_WORKSPACE_ID) },
      );
      this.waiting = this.waiting.slice(entries.length);
      if (this.dropped > 0) this.logger.warn(`${this.dropped} denials were not put on record`);
      this.dropped = 0;
    } catch {
      // Auth is away: the rows wait.
    }
  }
}
