import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { WebSocketServer } from 'ws';
import { Authenticator } from '../access/authenticator.js';
import { Authorizer } from '../access/authorizer.js';
import { GatewayConfig } from '../config.js';
import { isAllowedOrigin } from '../http/origin.js';
import { Telemetry } from '../system/telemetry.js';
import { ChannelHub } from './channel.hub.js';
import { EventLog } from './event-log.js';
import { SUBPROTOCOL } from './frames.js';
import { limits, StreamConnection, type StreamServices } from './stream.connection.js';
import { SystemChannel } from './system.channel.js';

const PATH = '/api/v1/stream';
const MAX_CONNECTIONS = 10_000;

/** Accepts WebSocket clients of `scm.stream.v1` on the gateway's own port. */
@Injectable()
export class StreamServer implements BeforeApplicationShutdown {
  private readonly connections = new Set<StreamConnection>();
  private readonly services: StreamServices;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameIn,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
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
    this.services = { authenticator, authorizer, hub, log, telemetry, snapshot: () => system.publish() };
  }

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  beforeApplicationShutdown(): void {
    for (const connection of this.connections) connection.drain();
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.refusalOf(request);
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal} ${STATUS_CODES[refusal]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (client) => {
      const connection = new StreamConnection(client, this.services);
      this.connections.add(connection);
      client.once('close', () => this.connections.delete(connection));
    });
  }

  private refusalOf(request: IncomingMessage): number | undefined {
    if (request.url?.split('?')[0] !== PATH) return 404;
    const { origin } = request.headers;
    if (origin && !isAllowedOrigin(origin, request, this.config)) return 403;
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    if (!offered.includes(SUBPROTOCOL)) return 400;
    return this.connections.size >= MAX_CONNECTIONS ? 503 : undefined;
  }
}
