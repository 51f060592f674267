import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { WebSocketServer, type ServerOptions } from 'ws';
import { Authenticator } from '../access/authenticator.js';
import { Authorizer } from '../access/authorizer.js';
import { GatewayConfig } from '../config.js';
import { isAllowedOrigin } from '../http/origin.js';
import { Telemetry } from '../system/telemetry.js';
import { ChannelHub } from './channel.hub.js';
import { EventLog } from './event-log.js';
import { SUBPROTOCOL } from './frames.js';
import { Seats } from './seats.js';
import { limits, StreamConnection, type StreamServices } from './stream.connection.js';
import { SystemChannel } from './system.channel.js';

const PATH = '/api/v1/stream';
/** Sockets without an accepted hello; the oldest of them makes room for the next. */
const MAX_STRANGERS = 1_000;

/** Accepts WebSocket clients of `scm.stream.v1` on the gateway's own port. */
@Injectable()
export class StreamServer implements BeforeApplicationShutdown {
  private readonly connections = new Set<StreamConnection>();
  private readonly strangers = new Set<StreamConnection>();
  private readonly services: StreamServices;
  private readonly plain = accepting({ perMessageDeflate: false });
  /** For clients that ask for it. No context is kept between frames, so a deflated frame is one for all of them. */
  private readonly deflating = accepting({
    perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true, concurrencyLimit: 4 },
  });

  constructor(
    private readonly config: GatewayConfig,
    system: SystemChannel,
    authenticator: Authenticator,
    authorizer: Authorizer,
    hub: ChannelHub,
    log: EventLog,
    telemetry: Telemetry,
  ) {
    const callerTimes = { checkMs: config.streamCheckMs, graceMs: config.streamGraceMs };
    const seats = new Seats(config.streamsPerActor);
    const snapshot = () => system.publish();
    this.services = { authenticator, authorizer, hub, log, telemetry, callerTimes, seats, snapshot };
  }

  beforeApplicationShutdown(): void {
    for (const connection of this.connections) connection.drain();
  }

  /** A request that wants to become a socket; those of other paths are refused. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.refusalOf(request);
    if (refusal) {
      const retry = refusal === 503 ? 'Retry-After: 5\r\n' : '';
      const status = `HTTP/1.1 ${refusal} ${STATUS_CODES[refusal]}\r\n`;
      socket.end(`${status}${retry}Connection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const sockets = wantsDeflate(request) ? this.deflating : this.plain;
    sockets.handleUpgrade(request, socket, head, (client) => {
      const isDeflated = client.extensions.includes('permessage-deflate');
      const connection = new StreamConnection({ socket: client, raw: socket, isDeflated }, this.services);
      this.connections.add(connection);
      client.once('close', () => this.forget(connection));
      this.admitStranger(connection);
    });
  }

  private refusalOf(request: IncomingMessage): number | undefined {
    if (request.url?.split('?')[0] !== PATH) return 404;
    const { origin } = request.headers;
    if (origin && !isAllowedOrigin(origin, request, this.config)) return 403;
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (!offered.includes(SUBPROTOCOL)) return 400;
    return this.connections.size >= this.config.maxStreams ? 503 : undefined;
  }

  private admitStranger(connection: StreamConnection): void {
    for (const other of this.strangers) if (other.isGreeted) this.strangers.delete(other);
    const [oldest] = this.strangers;
    if (oldest && this.strangers.size >= MAX_STRANGERS) {
      this.strangers.delete(oldest);
      oldest.makeRoom();
    }
    this.strangers.add(connection);
  }

  private forget(connection: StreamConnection): void {
    this.connections.delete(connection);
    this.strangers.delete(connection);
  }
}

function accepting(options: ServerOptions): WebSocketServer {
  return new WebSocketServer({
    ...options,
    noServer: true,
    maxPayload: limits.frameIn,
    maxFragments: 1_024,
    // Answered by the connection, which counts them.
    autoPong: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
}

function wantsDeflate(request: IncomingMessage): boolean {
  return new URLSearchParams(request.url?.split('?')[1]).get('z') === '1';
}
