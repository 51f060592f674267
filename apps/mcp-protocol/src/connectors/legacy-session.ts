import type { FetchLike, Transport } from '@modelcontextprotocol/client';
import { ServiceError } from '@scm/contracts';
import {
  errorCodes,
  isJsonObject,
  isProtocolRevision,
  isStateless,
  type JsonObject,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type ProtocolRevision,
  type RequestId,
} from '@scm/mcp-messages';
import { Connection, nextRequestId, type Asked, type Listener } from './connection.js';
import { isOfCalls, SessionCalls, type SessionCall } from './session-calls.js';
import { sharesOneChannel, transportTo } from './transports.js';
import type { UpstreamClient, UpstreamTarget } from './upstream-target.js';

const INITIALIZE_MS = 30_000;

/** What the upstream said of itself when the session was opened. */
export interface Welcome {
  revision: ProtocolRevision;
  capabilities: JsonObject;
  serverInfo: JsonObject;
  /** All of it, in the words of its revision. */
  initialize: JsonObject;
}

/** One initialized session with an upstream of a revision up to 2025-11-25. */
export class LegacySession {
  readonly calls = new SessionCalls();
  private readonly listeners = new Set<(notification: JsonRpcNotification) => void>();
  private home!: Connection;
  welcome!: Welcome;
  private readonly lost = new AbortController();
  private readonly subscriptions = new Map<string, number>();
  /** The least severe level that was asked for. */
  logLevel?: string;

  private constructor(
    private readonly target: UpstreamTarget,
    private readonly fetch: FetchLike,
  ) {}

  /** Throws ServiceError or ProtocolError when no session comes about. */
  static async open(target: UpstreamTarget, fetch: FetchLike, client: UpstreamClient): Promise<LegacySession> {
    const session = new LegacySession(target, fetch);
    const transport = transportTo(target, fetch);
    session.home = await Connection.open(transport, session.homeListener, () => session.lose());
    try {
      session.welcome = await session.initialize(transport, client);
    } catch (error) {
      await session.home.close();
      throw error;
    }
    return session;
  }

  /** Sends one request; what precedes its answer goes to the call. */
  async request(asked: Asked, call: SessionCall): Promise<JsonObject> {
    const id = asked.id ?? nextRequestId();
    this.calls.add(call);
    try {
      return await this.send({ ...asked, id }, { ...call, onNotification: (told) => this.hear(told, call) });
    } catch (error) {
      if (asked.signal?.aborted) await this.tellCancelled(id);
      throw error;
    } finally {
      this.calls.remove(call);
    }
  }

  /** Without anything that could precede the answer. */
  async ask(method: string, params?: JsonObject, signal?: AbortSignal): Promise<JsonObject> {
    return this.send({ method, params, signal }, {});
  }

  async respond(id: RequestId, result: JsonObject): Promise<void> {
    await this.home.respond(id, result);
  }

  async refuse(id: RequestId, message: string): Promise<void> {
    await this.home.refuse(id, { code: errorCodes.methodNotFound, message });
  }

  /** Hears what belongs to no call, until the function it gives is called. */
  listen(listener: (notification: JsonRpcNotification) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Several may want the same resource: the upstream is told of the first and of the last. */
  async subscribe(uri: string, signal: AbortSignal): Promise<void> {
    const count = this.subscriptions.get(uri) ?? 0;
    this.subscriptions.set(uri, count + 1);
    if (count === 0) await this.ask('resources/subscribe', { uri }, signal);
  }

  async unsubscribe(uri: string): Promise<void> {
    const count = (this.subscriptions.get(uri) ?? 1) - 1;
    if (count > 0) this.subscriptions.set(uri, count);
    else if (this.subscriptions.delete(uri)) await this.ask('resources/unsubscribe', { uri });
  }

  get isLost(): boolean {
    return this.lost.signal.aborted;
  }

  lose(): void {
    this.lost.abort(new ServiceError('UNAVAILABLE', 'the session with the upstream was lost'));
  }

  /** Resolves when the signal aborts; rejects when the session is lost before. */
  async lostOr(signal: AbortSignal): Promise<void> {
    const either = AbortSignal.any([signal, this.lost.signal]);
    if (!either.aborted) await new Promise((resolve) => either.addEventListener('abort', resolve, { once: true }));
    if (!signal.aborted) this.lost.signal.throwIfAborted();
  }

  async close(): Promise<void> {
    this.lose();
    const { transport } = this.home as { transport: Transport & { terminateSession?(): Promise<void> } };
    await transport.terminateSession?.().catch(() => {});
    await this.home.close();
  }

  private async initialize(transport: Transport, { initialize: params }: UpstreamClient): Promise<Welcome> {
    const signal = AbortSignal.timeout(INITIALIZE_MS);
    const initialize = await this.home.request({ method: 'initialize', params, signal });
    const { protocolVersion: revision, serverInfo, capabilities } = initialize;
    if (!isProtocolRevision(revision) || isStateless(revision))
      throw new ServiceError('UNAVAILABLE', `the upstream speaks ${String(revision)}, which is not served`);
    transport.setProtocolVersion?.(revision);
    await this.home.notify('notifications/initialized');
    return { revision, initialize, capabilities: asObject(capabilities), serverInfo: asObject(serverInfo) };
  }

  /** Over HTTP each request has a stream of its own, so that what comes on it belongs to the request. */
  private async send(asked: Asked, listener: Listener): Promise<JsonObject> {
    if (sharesOneChannel(this.target)) return this.home.request(asked);
    const { sessionId } = this.home.transport;
    const session = { ...(sessionId && { sessionId }), protocolVersion: this.welcome.revision };
    const connection = await Connection.open(transportTo(this.target, this.fetch, session), listener);
    try {
      return await connection.request(asked);
    } finally {
      await connection.close();
    }
  }

  /** What changed is for all who listen, also when a call's own stream brings it. */
  private hear(notification: JsonRpcNotification, call: SessionCall): void {
    if (isOfCalls(notification)) call.onNotification(notification);
    else this.tell(notification);
  }

  private tell(notification: JsonRpcNotification): void {
    for (const listener of this.listeners) listener(notification);
  }

  private async tellCancelled(requestId: RequestId): Promise<void> {
    await this.home.notify('notifications/cancelled', { requestId, reason: 'the client went away' }).catch(() => {});
  }

  private readonly homeListener: Listener = {
    onRequest: (request) => void this.route(request).catch(() => {}),
    onNotification: (notification) => {
      if (!this.calls.take(notification)) this.tell(notification);
    },
  };

  /** A request that came on no call's stream is taken to belong to the newest call that may be asked something. */
  private async route(request: JsonRpcRequest): Promise<void> {
    if (request.method === 'ping') return this.respond(request.id, {});
    if (this.calls.ask(request)) return;
    if (request.method === 'elicitation/create') return this.respond(request.id, { action: 'cancel' });
    await this.refuse(request.id, `nobody is there to answer ${request.method}`);
  }
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
