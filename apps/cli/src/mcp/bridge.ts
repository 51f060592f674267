import { randomUUID } from 'node:crypto';
import type { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import pLimit from 'p-limit';
import { HEADER_MISMATCH, INTERNAL_ERROR, isStateless, type Message } from './message.js';
import { refusalOf } from './refusal.js';
import { ParameterHeaders } from './parameter-headers.js';

type Http = Pick<StreamableHTTPClientTransport, 'send' | 'setProtocolVersion'>;
type Id = string | number;

/** Messages on their way at once, far fewer than the gateway lets one caller have: the others wait here. */
const MAX_AT_WORK = 32;
/** Messages that wait before the client is to wait as well. */
const MAX_WAITING = 1_000;

interface Open {
  request: Message;
  cancelling: AbortController;
  isRepeated: boolean;
}

/** Passes messages of one client on over HTTP, and answers in the server's place when it cannot. */
export class Bridge {
  private readonly open = new Map<Id, Open>();
  private readonly headers = new ParameterHeaders();
  private readonly sending = new Set<Promise<void>>();
  private readonly atWork = pLimit(MAX_AT_WORK);
  /** Lists that the client has not asked for, with who waits for them. */
  private readonly lists = new Map<Id, () => void>();
  private onIdle = (): void => {};
  /** Resolves when every `initialize` that came so far went its way: what comes after one belongs to its session. */
  private initialized: Promise<void> = Promise.resolve();

  constructor(
    private readonly http: Http,
    private readonly write: (message: object) => void,
  ) {}

  /** Whether the client is sending faster than its requests are answered. */
  get isCrowded(): boolean {
    return this.atWork.pendingCount > MAX_WAITING;
  }

  async toServer(message: Message): Promise<void> {
    const passed = this.initialized
      .then(() => this.pass(message))
      // Whatever goes wrong with one message, the others go on.
      .catch((error: unknown) => this.refused(message, error));
    if (message.method === 'initialize') this.initialized = passed;
    await passed;
  }

  toClient(message: Message): void {
    const open = message.method === undefined && message.id !== undefined ? this.open.get(message.id) : undefined;
    if (!open) return this.isOwn(message) ? undefined : this.write(message);
    const { request } = open;
    if (this.mustLearn(open, message)) return void this.repeat(open);
    if (request.method === 'initialize' && typeof message.result?.protocolVersion === 'string') {
      this.http.setProtocolVersion(message.result.protocolVersion);
    }
    if (request.method === 'tools/list') this.headers.learn(message.result?.tools ?? []);
    this.close(request.id as Id);
    this.write(message);
  }

  /** Resolves when every request is answered. */
  async idle(): Promise<void> {
    await this.initialized;
    if (this.open.size > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
    await Promise.all(this.sending);
  }

  private async pass(message: Message): Promise<void> {
    const { id, method } = message;
    if (method === 'notifications/cancelled') return this.cancel(message) ? undefined : this.send(message);
    // What answers a request of the server may be what one of the client's waits for.
    if (method === undefined && id !== undefined) return this.send(message);
    if (id === undefined || method === undefined) return this.atWork(() => this.send(message));
    const open = { request: message, cancelling: new AbortController(), isRepeated: false };
    this.open.set(id, open);
    await this.atWork(() => this.sendRequest(open));
  }

  /** Over HTTP a stateless request is cancelled by hanging up. */
  private cancel({ params }: Message): boolean {
    const open = this.open.get(params?.['requestId'] as Id);
    if (!open || !isStateless(open.request)) return false;
    open.cancelling.abort();
    this.close(open.request.id as Id);
    return true;
  }

  private async sendRequest({ request, cancelling }: Open): Promise<void> {
    if (cancelling.signal.aborted) return;
    await this.send(request, {
      requestSignal: cancelling.signal,
      headers: isStateless(request) ? this.headers.of(request) : {},
      onRequestStreamEnd: () => this.fail(request.id as Id, 'the stream ended without an answer'),
    });
  }

  private async send(message: Message, options: Parameters<Http['send']>[1] = {}): Promise<void> {
    const sent = this.http
      .send(message as Parameters<Http['send']>[0], options)
      .catch((error: unknown) => this.refused(message, error))
      .finally(() => this.sending.delete(sent));
    this.sending.add(sent);
    await sent;
  }

  /** An answer that HTTP calls a failure is often a message all the same. Nobody waits for that of a cancelled request. */
  private refused(message: Message, error: unknown): void {
    const { id, method } = message;
    if (id === undefined || method === undefined || this.isCancelled(message)) return;
    this.toClient({ jsonrpc: '2.0', id, error: refusalOf(error) });
  }

  private isCancelled({ id }: Message): boolean {
    return !this.open.has(id as Id) && !this.lists.has(id as Id);
  }

  private fail(id: Id, message: string): void {
    if (this.open.has(id)) this.toClient({ jsonrpc: '2.0', id, error: { code: INTERNAL_ERROR, message } });
  }

  /** A tool that was never listed here may have arguments that headers repeat. */
  private mustLearn({ request, isRepeated }: Open, { error }: Message): boolean {
    return error?.code === HEADER_MISMATCH && request.method === 'tools/call' && !isRepeated;
  }

  private async repeat(open: Open): Promise<void> {
    open.isRepeated = true;
    const { _meta } = open.request.params ?? {};
    const id = `scm-${randomUUID()}`;
    const listed = new Promise<void>((resolve) => this.lists.set(id, resolve));
    await this.send({ jsonrpc: '2.0', id, method: 'tools/list', params: { _meta } });
    await listed;
    await this.sendRequest(open);
  }

  /** The answer to a list that the client has not asked for. */
  private isOwn({ id, result }: Message): boolean {
    const listed = id !== undefined && this.lists.get(id);
    if (!listed) return false;
    this.headers.learn(result?.tools ?? []);
    this.lists.delete(id);
    listed();
    return true;
  }

  private close(id: Id): void {
    this.open.delete(id);
    if (this.open.size === 0) this.onIdle();
  }
}
