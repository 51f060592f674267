import { Inject, Injectable, Logger } from '@nestjs/common';
import { currentActor } from '@scm/messaging';
import { latestRevision, metaKeys, ProtocolError, type JsonObject, type JsonRpcNotification } from '@scm/mcp-messages';
import { PROVIDER, type Provider } from '../protocol/exchange.js';
import { isEnded } from '../tasks/task-view.js';
import { FrameStore } from './frame.store.js';
import type { Session } from './session.js';
import { SessionBus } from './session.bus.js';
import { filterFor, taskUri } from './session-filter.js';
import { SessionsService } from './sessions.service.js';
import { callDown } from './translation.js';

/** Listens to the canonical provider for the client of a session, to what it subscribed at each moment. */
@Injectable()
export class SessionListening {
  private readonly logger = new Logger(SessionListening.name);
  private readonly changes = new Map<string, Set<() => void>>();

  constructor(
    @Inject(PROVIDER) private readonly provider: Provider,
    private readonly sessions: SessionsService,
    private readonly frames: FrameStore,
    private readonly bus: SessionBus,
  ) {
    bus.on('changed', (session) => {
      const tellers = this.changes.get(session);
      if (!tellers) return;
      this.say(session);
      for (const tell of tellers) tell();
    });
  }

  /** Keeps what it hears in the stream until the signal aborts; `onEnd` is called when the session ended before. */
  async run({ id }: Session, stream: string, signal: AbortSignal, onEnd: () => void): Promise<void> {
    const tellers = this.changes.get(id) ?? new Set();
    this.changes.set(id, tellers);
    try {
      while (!signal.aborted) {
        const changed = new AbortController();
        const tell = () => changed.abort();
        tellers.add(tell);
        const session = await this.sessions.find(id);
        if (session) await this.listen(session, stream, AbortSignal.any([signal, changed.signal]));
        tellers.delete(tell);
        if (!session) return onEnd();
      }
    } catch (error) {
      this.logger.error(`session ${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      onEnd();
    } finally {
      if (tellers.size === 0) this.changes.delete(id);
    }
  }

  async end(session: Session): Promise<void> {
    await this.sessions.end(session);
  }

  private async listen(session: Session, stream: string, signal: AbortSignal): Promise<void> {
    const { revision, requestMeta, server, subscriptions } = session;
    let tail: Promise<unknown> = Promise.resolve();
    if (revision) {
      const notify = (notification: JsonRpcNotification) => {
        if (notification.method === 'notifications/subscriptions/acknowledged')
          return this.say(session.id, subscriptions);
        if (hasEnded(notification)) void this.forget(session, notification.params);
        const { message } = callDown(notification, revision);
        tail = tail.then(() => this.frames.keep(session.id, stream, { message: { ...message } }));
      };
      const params = {
        _meta: { [metaKeys.protocolVersion]: latestRevision, ...requestMeta },
        ...filterFor(subscriptions),
      };
      const exchange = { method: 'subscriptions/listen', params, actor: currentActor(), server, signal, notify };
      // A provider that has nothing to tell says so at once.
      await this.provider.answer(exchange).catch((error: unknown) => {
        if (!(error instanceof ProtocolError)) throw error;
      });
    }
    await tail;
    // Where nothing is told, nobody needs to wait for it.
    if (!signal.aborted) this.say(session.id, subscriptions);
    await aborted(signal);
  }

  private async forget(session: Session, { taskId }: JsonObject = {}): Promise<void> {
    await this.sessions.unsubscribe(session, taskUri(String(taskId))).catch(() => undefined);
  }

  /** Tells the replica that answers a subscription that somebody listens, and to what. */
  private say(session: string, uris?: readonly string[]): void {
    void this.bus.tell(session, 'listening', uris && { uris }).catch(() => undefined);
  }
}

function hasEnded({ method, params = {} }: JsonRpcNotification): boolean {
  return method === 'notifications/tasks' && isEnded(params);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
