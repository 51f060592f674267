import type { Transport, TransportSendOptions } from '@modelcontextprotocol/client';
import { ServiceError } from '@scm/contracts';
import {
  ProtocolError,
  type JsonObject,
  type JsonRpcErrorBody,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type RequestId,
} from '@scm/mcp-messages';
import { upstreamFault } from './upstream-fault.js';

/** What an upstream sends that answers nothing. */
export interface Listener {
  onRequest?(request: JsonRpcRequest): void;
  onNotification?(notification: JsonRpcNotification): void;
}

export interface Asked {
  method: string;
  params?: JsonObject;
  id?: RequestId;
  /** Further HTTP headers of this message. */
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

type Message = Parameters<Transport['send']>[0];

let lastId = 0;

/** An id that no other request of this process has. */
export const nextRequestId = (): RequestId => ++lastId;

/** Pairs requests with their answers over one transport of the official client, and leaves messages as they are. */
export class Connection {
  private readonly waiting = new Map<RequestId, PromiseWithResolvers<JsonObject>>();
  private isClosed = false;

  private constructor(
    readonly transport: Transport,
    private readonly listener: Listener,
    private readonly onLost: () => void,
  ) {}

  /** `onLost` is called when the other side ends it. */
  static async open(transport: Transport, listener: Listener = {}, onLost = () => {}): Promise<Connection> {
    const connection = new Connection(transport, listener, onLost);
    transport.onmessage = (message) => connection.take(message as unknown as JsonObject);
    transport.onclose = () => connection.lose();
    // What goes wrong is thrown to whoever sends; between messages there is nobody to tell.
    transport.onerror = () => {};
    await transport.start().catch((error: unknown) => Promise.reject(upstreamFault(error)));
    return connection;
  }

  /** Throws ProtocolError for an error of the upstream, ServiceError when it cannot be reached, the signal's reason when aborted. */
  async request({ method, params, headers, signal, id = nextRequestId() }: Asked): Promise<JsonObject> {
    signal?.throwIfAborted();
    const answer = Promise.withResolvers<JsonObject>();
    this.waiting.set(id, answer);
    const abort = () => answer.reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const ended = () => answer.reject(new ServiceError('UNAVAILABLE', 'the upstream ended its answer early'));
    const options = {
      ...(headers && { headers }),
      ...(signal && { requestSignal: signal }),
      onRequestStreamEnd: ended,
    };
    const request = { jsonrpc: '2.0', id, method, ...(params && { params }) };
    this.send(request, options).catch((error: unknown) => answer.reject(error));
    try {
      return await answer.promise;
    } finally {
      signal?.removeEventListener('abort', abort);
      this.waiting.delete(id);
    }
  }

  async notify(method: string, params?: JsonObject): Promise<void> {
    await this.send({ jsonrpc: '2.0', method, ...(params && { params }) });
  }

  async respond(id: RequestId, result: JsonObject): Promise<void> {
    await this.send({ jsonrpc: '2.0', id, result });
  }

  async refuse(id: RequestId, error: JsonRpcErrorBody): Promise<void> {
    await this.send({ jsonrpc: '2.0', id, error });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.transport.close();
    this.lose();
  }

  private async send(message: object, options?: TransportSendOptions): Promise<void> {
    if (this.isClosed) throw new ServiceError('UNAVAILABLE', 'the connection to the upstream is closed');
    await this.transport
      .send(message as Message, options)
      .catch((error: unknown) => Promise.reject(upstreamFault(error)));
  }

  private take(message: JsonObject): void {
    const id = message['id'] as RequestId | undefined;
    if (typeof message['method'] === 'string') {
      if (id === undefined) this.listener.onNotification?.(message as unknown as JsonRpcNotification);
      else this.listener.onRequest?.(message as unknown as JsonRpcRequest);
      return;
    }
    const answer = id === undefined ? undefined : this.waiting.get(id);
    if ('result' in message) answer?.resolve(message['result'] as JsonObject);
    else answer?.reject(protocolError(message['error'] as JsonRpcErrorBody));
  }

  private lose(): void {
    for (const answer of this.waiting.values()) {
      answer.reject(new ServiceError('UNAVAILABLE', 'the connection to the upstream was lost'));
    }
    if (!this.isClosed) this.onLost();
    this.isClosed = true;
  }
}

function protocolError({ code, message, data }: JsonRpcErrorBody): ProtocolError {
  return new ProtocolError(code, message, data);
}
