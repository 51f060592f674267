import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, Logger } from '@nestjs/common';
import { errorTable, ServiceError } from '@scm/contracts';
import { WebSocketServer, type ServerOptions } from 'ws';
import { Authenticator } from '../access/authenticator.js';
import { GatewayConfig } from '../config.js';
import { isAllowedHost, isAllowedOrigin } from '../http/origin.js';
import { RateLimiter } from '../limits/rate-limiter.js';
import { Telemetry } from '../system/telemetry.js';
import { McpExchanges } from './mcp.exchanges.js';
import { McpSocket } from './mcp.socket.js';
import { OpenStreams } from './open.streams.js';
import { encodings, type Subprotocol } from './socket.encoding.js';

const PATH = '/mcp';
/** The way of clients that cannot set a header: the credential as one more subprotocol. */
const BEARER = /^scm\.bearer\.(.+)$/;

/** Accepts MCP clients that speak over a WebSocket of the subprotocol `mcp`, or `mcp.msgpack` for binary messages. */
@Injectable()
export class McpSocketServer {
  private readonly logger = new Logger(McpSocketServer.name);
  private readonly plain: WebSocketServer;
  /** For clients that ask for it with `?z=1`. */
  private readonly deflating: WebSocketServer;

  constructor(
    private readonly config: GatewayConfig,
    private readonly authenticator: Authenticator,
    private readonly limiter: RateLimiter,
    private readonly exchanges: McpExchanges,
    private readonly streams: OpenStreams,
    private readonly telemetry: Telemetry,
  ) {
    this.plain = this.accepting({ perMessageDeflate: false });
    this.deflating = this.accepting({ perMessageDeflate: { concurrencyLimit: 4 } });
  }

  static isFor(request: IncomingMessage): boolean {
    return request.url?.split('?')[0] === PATH;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.accept(request, socket, head).catch((error: unknown) => this.refuse(socket, error));
  }

  private async accept(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { origin, host } = request.headers;
    if (origin && !isAllowedOrigin(origin, request, this.config)) {
      throw new ServiceError('PERMISSION_DENIED', `the origin ${origin} may not call`);
    }
    if (!isAllowedHost(host, this.config)) throw new ServiceError('PERMISSION_DENIED', `this is not the host ${host}`);
    if (!offered(request).some((name) => name in encodings)) {
      throw new ServiceError('INVALID_ARGUMENT', 'offer the subprotocol mcp or mcp.msgpack');
    }
    const credential = credentialOf(request);
    const { actor } = await this.authenticator.prove(credential);
    await this.limiter.ofActor(actor);
    const wantsDeflate = new URLSearchParams(request.url?.split('?')[1]).get('z') === '1';
    (wantsDeflate ? this.deflating : this.plain).handleUpgrade(request, socket, head, (client) => {
      const { exchanges, limiter, telemetry } = this;
      const end = () => client.close(1001, 'the connection ends');
      const leave = this.enter(() => this.streams.enter(actor, credential, end));
      if (!leave) return client.close(1013, 'too many streams are open');
      client.once('close', leave);
      new McpSocket({ socket: client, raw: socket, actor }, { exchanges, limiter, telemetry }).start();
    });
  }

  private enter(take: () => () => void): (() => void) | undefined {
    try {
      return take();
    } catch (error) {
      if (error instanceof ServiceError) return undefined;
      throw error;
    }
  }

  private refuse(socket: Duplex, error: unknown): void {
    if (!(error instanceof ServiceError)) this.logger.error(String(error));
    const { status } = errorTable[error instanceof ServiceError ? error.code : 'INTERNAL'];
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }

  private accepting(options: ServerOptions): WebSocketServer {
    const handleProtocols = (names: Set<string>) =>
      [...names].find((name): name is Subprotocol => name in encodings) ?? false;
    return new WebSocketServer({ ...options, noServer: true, maxPayload: this.config.maxBodyBytes, handleProtocols });
  }
}

function offered({ headers }: IncomingMessage): string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}

function credentialOf(request: IncomingMessage): string {
  const inHeader = /^bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const inProtocols = offered(request).flatMap((name) => BEARER.exec(name)?.[1] ?? []);
  const credential = inHeader ?? inProtocols[0];
  if (!credential) throw new ServiceError('UNAUTHENTICATED', 'send a credential');
  return credential;
}
