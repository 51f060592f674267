import { Controller, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { McpApi, ServiceError } from '@scm/contracts';
import { OwnRoute } from '../access/route.decorator.js';
import { GatewayConfig } from '../config.js';
import type { GatewayRequest } from '../http/request.js';
import { Mesh } from '../mesh/mesh.js';
import { isAllowedOrigin } from '../http/origin.js';

const FORWARDED = /^(accept|content-type|mcp-.*|last-event-id|traceparent|tracestate)$/;

/** The Model Context Protocol's HTTP door: the edge checks origin and caller, mcp-protocol speaks the protocol. */
@Controller()
export class McpController {
  constructor(
    private readonly mesh: Mesh,
    private readonly config: GatewayConfig,
  ) {}

  @OwnRoute('POST', 'mcp', 'mcp:use', 'Model Context Protocol, Streamable HTTP')
  post(@Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
    return this.exchange(request, response);
  }

  @OwnRoute('GET', 'mcp', 'mcp:use', 'Model Context Protocol: the stream of older revisions')
  get(@Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
    return this.exchange(request, response);
  }

  @OwnRoute('DELETE', 'mcp', 'mcp:use', 'Model Context Protocol: the end of a session of older revisions')
  delete(@Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
    return this.exchange(request, response);
  }

  private async exchange(request: GatewayRequest, response: Response): Promise<void> {
    const origin = request.header('origin');
    if (origin && !isAllowedOrigin(origin, request, this.config)) {
      throw new ServiceError('PERMISSION_DENIED', `the origin ${origin} may not call`);
    }
    const { method } = request;
    const body = typeof request.body === 'string' ? request.body : '';
    const asked = { method, headers: forwarded(request), body };
    const reply = (await this.mesh.ask(McpApi.handle, asked, request)).read();
    for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
    response.status(reply.status).send(reply.body ?? '');
  }
}

function forwarded(request: GatewayRequest): Record<string, string> {
  const kept = Object.entries(request.headers).filter(([name]) => FORWARDED.test(name));
  return Object.fromEntries(
    kept.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
