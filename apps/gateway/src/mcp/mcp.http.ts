import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { ServiceError, type McpRequest } from '@scm/contracts';
import { GatewayConfig } from '../config.js';
import { isAllowedHost, isAllowedOrigin } from '../http/origin.js';
import type { GatewayRequest } from '../http/request.js';
import { LoadShedder } from '../limits/load-shedder.js';
import { HttpDelivery } from './http.delivery.js';
import { McpExchanges } from './mcp.exchanges.js';
import { OpenStreams } from './open.streams.js';

/** Paths of another transport. */
const reserved: ReadonlySet<string> = new Set(['sse', 'messages']);

const FORWARDED = /^(accept|mcp-.*|last-event-id)$/;

/** Carries HTTP requests of MCP clients to the protocol, and what it answers back. */
@Injectable()
export class McpHttp {
  constructor(
    private readonly exchanges: McpExchanges,
    private readonly streams: OpenStreams,
    private readonly shedder: LoadShedder,
    private readonly config: GatewayConfig,
  ) {}

  async exchange(transport: McpRequest['transport'], request: GatewayRequest, response: Response): Promise<void> {
    this.assertAllowed(request);
    const { actor } = request;
    if (!actor) throw new ServiceError('UNAUTHENTICATED', 'the caller is unknown');
    const asked = toMcpRequest(transport, request);
    const delivery = new HttpDelivery(asked, response);
    const isHeld = asked.method === 'GET' || asked.headers['mcp-method'] === 'subscriptions/listen';
    const leave = isHeld ? this.streams.enter(actor, bearerOf(request), () => response.end()) : () => {};
    if (isHeld) this.shedder.release(response);
    const keepAlive = this.streams.keepAlive(response);
    try {
      await this.exchanges.run(asked, delivery, actor);
      delivery.finish();
    } finally {
      keepAlive();
      leave();
    }
  }

  private assertAllowed(request: GatewayRequest): void {
    const { origin, host } = request.headers;
    if (origin && !isAllowedOrigin(origin, request, this.config)) {
      throw new ServiceError('PERMISSION_DENIED', `the origin ${origin} may not call`);
    }
    if (!isAllowedHost(host, this.config)) throw new ServiceError('PERMISSION_DENIED', `this is not the host ${host}`);
  }
}

/** The credential of a request that was let in. */
function bearerOf(request: GatewayRequest): string {
  return (request.header('authorization') ?? '').replace(/^bearer +/i, '');
}

function toMcpRequest(transport: McpRequest['transport'], request: GatewayRequest): McpRequest {
  const { server } = request.params as { server?: string };
  if (server !== undefined && reserved.has(server)) throw new ServiceError('NOT_FOUND', 'there is no such route');
  const { sessionId } = request.query as { sessionId?: unknown };
  const isMessage = transport === 'sse' && request.method === 'POST';
  if (isMessage && typeof sessionId !== 'string')
    throw new ServiceError('INVALID_ARGUMENT', 'sessionId: must be given once');
  return {
    method: request.method as McpRequest['method'],
    transport,
    headers: { ...forwarded(request), ...(isMessage && { 'mcp-session-id': String(sessionId) }) },
    body: typeof request.body === 'string' ? request.body : '',
    ...(server !== undefined && { server }),
  };
}

function forwarded(request: GatewayRequest): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && FORWARDED.test(name)) kept[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return kept;
}
