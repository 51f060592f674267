import { randomBytes } from 'node:crypto';
import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Actor, McpRequest } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import { errorCodes, ProtocolError } from '@scm/mcp-messages';
import { LRUCache } from 'lru-cache';
import { McpConfig } from '../config.js';
import { UsedStatesRepository } from '../protocol/used-states.repository.js';
import { HeardSubscriptions } from './heard-subscriptions.js';
import type { Session, SessionChange } from './session.js';
import { SessionBus } from './session.bus.js';
import { SessionsRepository } from './sessions.repository.js';
import { taskUri } from './session-filter.js';

const KEPT = 10_000;
/** Also how often a session that is used says so in its row. */
const KEPT_MS = 60_000;
const SWEEP_MS = 600_000;
const MAX_OF_CALLER = 1_000;
const MAX_SUBSCRIPTIONS = 256;

/**
 * The sessions of clients of older revisions. None has an owner: its row is the truth, and each replica keeps a copy until it
 * hears of a change.
 */
@Injectable()
export class SessionsService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(SessionsService.name);
  private readonly known = new LRUCache<string, Promise<Session | undefined>>({ max: KEPT, ttl: KEPT_MS });
  private readonly heard: HeardSubscriptions;
  private sweeps?: NodeJS.Timeout;

  constructor(
    private readonly rows: SessionsRepository,
    private readonly states: UsedStatesRepository,
    private readonly bus: SessionBus,
    private readonly config: McpConfig,
  ) {
    this.heard = new HeardSubscriptions(bus);
    bus.on('changed', (id) => this.known.delete(id));
  }

  onModuleInit(): void {
    this.sweeps = setInterval(() => void this.sweep(), SWEEP_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.sweeps);
  }

  async begin(asked: McpRequest, change: SessionChange = {}): Promise<Session> {
    const actor = currentActor();
    const session: Session = {
      id: randomBytes(24).toString('base64url'),
      workspaceId: actor.workspaceId,
      principal: principalOf(actor),
      transport: asked.transport,
      server: asked.server,
      requestMeta: {},
      subscriptions: [],
      ...change,
    };
    await this.rows.add(session, MAX_OF_CALLER);
    this.known.set(session.id, Promise.resolve(session));
    return session;
  }

  /** The caller's session of that id; undefined when it has none, or none any more. */
  async find(id: string): Promise<Session | undefined> {
    const actor = currentActor();
    const session = await this.load(actor.workspaceId, id);
    return session?.workspaceId === actor.workspaceId && session.principal === principalOf(actor) ? session : undefined;
  }

  /** Every replica knows of it before this resolves. */
  async change({ id, workspaceId }: Session, change: SessionChange): Promise<void> {
    await this.rows.change(workspaceId, id, change);
    await this.tellChanged(id);
  }

  /** Throws ProtocolError when it has too many. */
  async subscribe({ id, workspaceId }: Session, uri: string): Promise<void> {
    await this.heard.after(id, uri, async () => {
      if (!(await this.rows.subscribe(workspaceId, id, uri, MAX_SUBSCRIPTIONS))) {
        throw new ProtocolError(errorCodes.invalidParams, `A session has at most ${MAX_SUBSCRIPTIONS} subscriptions`);
      }
      await this.tellChanged(id);
    });
  }

  async unsubscribe({ id, workspaceId }: Session, uri: string): Promise<void> {
    await this.rows.unsubscribe(workspaceId, id, uri);
    await this.tellChanged(id);
  }

  /** Its client is told how the task goes on, for as long as there is room for that. */
  async watchTask({ id, workspaceId }: Session, task: string): Promise<void> {
    if (await this.rows.subscribe(workspaceId, id, taskUri(task), MAX_SUBSCRIPTIONS)) await this.tellChanged(id);
  }

  async end({ id, workspaceId }: Session): Promise<void> {
    await this.rows.remove(workspaceId, id);
    await this.tellChanged(id);
  }

  private async tellChanged(id: string): Promise<void> {
    this.known.delete(id);
    await this.bus.tell(id, 'changed');
  }

  private async load(workspaceId: string, id: string): Promise<Session | undefined> {
    const known = this.known.get(id);
    if (known) return known;
    const loading = this.rows.find(workspaceId, id);
    this.known.set(id, loading);
    // What is not there may be somebody else's, or come yet.
    loading.then((found) => found ?? this.known.delete(id)).catch(() => this.known.delete(id));
    return loading;
  }

  private async sweep(): Promise<void> {
    await Promise.all([this.rows.sweep(this.config.mcpSessionHours), this.states.sweep()]).catch((error: unknown) =>
      this.logger.warn(`old sessions stay: ${String(error)}`),
    );
  }
}

function principalOf({ kind, id }: Actor): string {
  return `${kind}:${id}`;
}
