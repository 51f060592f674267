import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import {
  CaptureEvents,
  ServiceError,
  type Capture,
  type CapturedExchange,
  type CapturedExchangePage,
  type CapturePage,
  type ListExchangesRequest,
  type Nothing,
  type PageRequest,
  type StartCaptureRequest,
} from '@scm/contracts';
import { decodeCursor, newId, toPage } from '@scm/database';
import { currentActor, MessagingClient } from '@scm/messaging';
import { SecretBox } from '@scm/service';
import type { EntityManager } from 'typeorm';
import { ActiveCaptures } from './active-captures.js';
import { toCapture } from './capture-view.js';
import { CapturedExchangesRepository } from './captured-exchanges.repository.js';
import { CapturesRepository, type CaptureRow } from './captures.repository.js';
import { placeOf } from './exchange.store.js';

const DURATION_SECONDS = 600;
const MAX_EXCHANGES = 1_000;
/** At once in a workspace: each makes every exchange of it a little slower. */
const MAX_ACTIVE = 8;

/** What is captured of the exchanges of a workspace. */
@Injectable()
export class CapturesService {
  constructor(
    private readonly captures: CapturesRepository,
    private readonly exchanges: CapturedExchangesRepository,
    private readonly active: ActiveCaptures,
    private readonly messaging: MessagingClient,
    private readonly audit: AuditLog,
    private readonly box: SecretBox,
  ) {}

  async start(request: StartCaptureRequest): Promise<Capture> {
    const { workspaceId } = currentActor();
    const { server = null, method = null, principal = null, keepsSecrets = false } = request;
    const { durationSeconds = DURATION_SECONDS, maxExchanges = MAX_EXCHANGES } = request;
    const row = await this.captures.inWorkspace(workspaceId, async (tx) => {
      if ((await this.captures.countActive(tx, workspaceId)) >= MAX_ACTIVE)
        throw new ServiceError('RESOURCE_EXHAUSTED', `at most ${MAX_ACTIVE} captures go on at once`);
      const id = newId();
      await this.record(tx, id, { started: true, ...request });
      const limits = { max_exchanges: maxExchanges, duration_seconds: durationSeconds };
      const wanted = { server, method, principal, keeps_secrets: keepsSecrets };
      return this.captures.add(tx, { id, workspace_id: workspaceId, ...wanted, ...limits });
    });
    return this.told(row);
  }

  async list({ limit = 50, cursor }: PageRequest): Promise<CapturePage> {
    const { workspaceId } = currentActor();
    const rows = await this.captures.inWorkspace(workspaceId, (tx) =>
      this.captures.list(tx, workspaceId, limit + 1, before(cursor)),
    );
    return toPage(rows, limit, ({ id }) => [id], toCapture);
  }

  async get(id: string): Promise<Capture> {
    const row = await this.captures.inWorkspace(currentActor().workspaceId, (tx) => this.captures.find(tx, id));
    return toCapture(row ?? notFound('capture', id));
  }

  /** Every replica knows of it when this resolves. */
  async stop(id: string): Promise<Capture> {
    const row = await this.captures.inWorkspace(currentActor().workspaceId, async (tx) => {
      const stopped = (await this.captures.stop(tx, id)) ?? notFound('capture', id);
      await this.record(tx, id, { stopped: true });
      return stopped;
    });
    return this.told(row);
  }

  /** With all that it kept. */
  async remove(id: string): Promise<Nothing> {
    const row = await this.captures.inWorkspace(currentActor().workspaceId, async (tx) => {
      const removed = (await this.captures.remove(tx, id)) ?? notFound('capture', id);
      await this.record(tx, id, { removed: true });
      return removed;
    });
    await this.told({ ...row, ended_at: row.ended_at ?? new Date() });
    return {};
  }

  async listExchanges({ id, limit = 50, cursor }: ListExchangesRequest): Promise<CapturedExchangePage> {
    await this.get(id);
    const rows = await this.exchanges.list(currentActor().workspaceId, id, limit + 1, before(cursor));
    return toPage(
      rows,
      limit,
      (row) => [row.id],
      ({ summary }) => summary,
    );
  }

  async exchange(id: string): Promise<CapturedExchange> {
    const row = (await this.exchanges.find(currentActor().workspaceId, id)) ?? notFound('captured exchange', id);
    const said = JSON.parse(this.box.open(row.sealed, placeOf(id))) as Omit<CapturedExchange, keyof typeof row.summary>;
    return { ...row.summary, ...said };
  }

  private async told(row: CaptureRow): Promise<Capture> {
    const capture = toCapture(row);
    const change = { workspaceId: row.workspace_id, capture };
    this.active.apply(change);
    const keys = [row.workspace_id, row.id];
    await this.messaging.publish({ contract: CaptureEvents.changed, keys, payload: change, id: randomUUID() });
    return capture;
  }

  private async record(tx: EntityManager, id: string, details: Record<string, unknown>): Promise<void> {
    const about = { resourceType: 'capture', resourceId: id, details };
    await this.audit.record(tx, { actor: currentActor(), action: 'captures:write', outcome: 'done', ...about });
  }
}

function before(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const [id] = decodeCursor(cursor, ['uuid']);
  return String(id);
}

function notFound(what: string, id: string): never {
  throw new ServiceError('NOT_FOUND', `no ${what} ${id}`);
}
