import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ServiceError, type Actor, type McpHead, type McpRequest } from '@scm/contracts';
import type { WebSocket } from 'ws';
import type { RateLimiter } from '../limits/rate-limiter.js';
import type { Telemetry } from '../system/telemetry.js';
import type { Delivery, McpExchanges } from './mcp.exchanges.js';
import { encodings, type SocketEncoding, type Subprotocol } from './socket.encoding.js';

const BEAT_MS = 15_000;
const MAX_UNREAD_BYTES = 4 * 1_048_576;
/** Requests of one socket at work at once. */
const MAX_AT_WORK = 64;
const FAILED = -32_000;

interface McpSocketServices {
  exchanges: McpExchanges;
  limiter: RateLimiter;
  telemetry: Telemetry;
}

/** One MCP client on a WebSocket: each message is an exchange of its own, answered by any replica of mcp-protocol. */
export class McpSocket {
  private readonly id = randomUUID();
  private readonly closed = new AbortController();
  private readonly encoding: SocketEncoding;
  private readonly socket: WebSocket;
  private readonly raw: Socket;
  private readonly actor: Actor;
  private session?: string;
  private atWork = 0;
  private isAlive = true;
  private sentBytes = 0;
  private readonly before: number;

  constructor(
    { socket, raw, actor }: { socket: WebSocket; raw: Duplex; actor: Actor },
    private readonly services: McpSocketServices,
  ) {
    this.socket = socket;
    this.raw = raw as Socket;
    this.actor = actor;
    this.encoding = encodings[socket.protocol as Subprotocol];
    this.before = this.raw.bytesWritten;
  }

  start(): void {
    const { socket } = this;
    const beat = setInterval(() => this.beat(), BEAT_MS);
    socket.on('pong', () => (this.isAlive = true));
    socket.on('error', () => socket.terminate());
    socket.on('message', (data, isBinary) => void this.receive(data as Buffer, isBinary));
    socket.once('close', () => {
      clearInterval(beat);
      this.closed.abort();
      if (socket.extensions) this.save('deflate', this.sentBytes - (this.raw.bytesWritten - this.before));
    });
  }

  private async receive(data: Buffer, isBinary: boolean): Promise<void> {
    let text = '';
    this.atWork++;
    try {
      if (this.atWork > MAX_AT_WORK) throw new ServiceError('RESOURCE_EXHAUSTED', 'too many requests are at work');
      text = this.encoding.read(data, isBinary);
      if (isBinary) this.save('msgpack', Buffer.byteLength(text) - data.length);
      await this.services.limiter.ofActor(this.actor);
      await this.exchange('POST', text);
    } catch (error) {
      this.fail(text, error);
    } finally {
      this.atWork--;
    }
  }

  private async exchange(method: McpRequest['method'], body: string): Promise<void> {
    const headers = { 'scm-connection': this.id, ...(this.session && { 'mcp-session-id': this.session }) };
    const delivery: Delivery = {
      gone: this.closed.signal,
      begin: (head) => this.begin(head),
      write: (text) => this.send(text),
    };
    await this.services.exchanges.run({ method, transport: 'socket', headers, body }, delivery, this.actor);
  }

  private begin({ headers, body }: McpHead): void {
    if (body !== undefined) this.send(body);
    const session = headers['mcp-session-id'];
    if (session === undefined || session === this.session) return;
    this.session = session;
    // What a session is told outside of its calls comes on the same socket.
    this.exchange('GET', '').catch((error: unknown) => this.fail('', error));
  }

  private send(text: string): void {
    if (this.closed.signal.aborted) return;
    const data = this.encoding.write(text);
    const bytes = Buffer.byteLength(text);
    this.sentBytes += typeof data === 'string' ? bytes : data.length;
    if (typeof data !== 'string') this.save('msgpack', bytes - data.length);
    this.socket.send(data);
    if (this.socket.bufferedAmount > MAX_UNREAD_BYTES) this.socket.terminate();
  }

  private fail(text: string, error: unknown): void {
    const message = error instanceof ServiceError ? error.message : 'internal error';
    const id = idOf(text);
    this.send(JSON.stringify({ jsonrpc: '2.0', error: { code: FAILED, message }, id }));
  }

  private beat(): void {
    if (!this.isAlive) return this.socket.terminate();
    this.isAlive = false;
    this.socket.ping();
  }

  private save(by: 'msgpack' | 'deflate', bytes: number): void {
    if (bytes > 0) this.services.telemetry.savedBytes.add(bytes, { by });
  }
}

function idOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { id?: unknown } | null)?.id ?? null;
  } catch {
    return null;
  }
}
