import { Controller, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { OwnRoute } from '../access/route.decorator.js';
import type { GatewayRequest } from '../http/request.js';
import { McpHttp } from './mcp.http.js';

const streamable = ['mcp', 'mcp/:server'];

/** The Model Context Protocol's HTTP doors: the edge checks origin and caller, mcp-protocol speaks the protocol. */
@Controller()
export class McpController {
  constructor(private readonly http: McpHttp) {}

  @OwnRoute(
    'GET',
    ['mcp/sse', 'mcp/:server/sse'],
    'mcp:use',
    'Model Context Protocol, HTTP+SSE of 2024-11-05: the stream',
  )
  sse(@Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
    return this.http.exchange('sse', request, response);
  }

  @OwnRoute('POST', 'mcp/messages', 'mcp:use', 'Model Context Protocol, HTTP+SSE of 2024-11-05: the client’s messages')
  messages(@Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
    return this.http.exchange('sse', request, response);
  }

  @OwnRoute('POST', streamable, 'mcp:use', 'Model Context Protocol, Streamable HTTP')
  post(@Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
    return this.http.exchange('http', request, response);
  }

  @OwnRoute('GET', streamable, 'mcp:use', 'Model Context Protocol: the stream of older revisions')
  get(@Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
    return this.http.exchange('http', request, response);
  }

  @OwnRoute('DELETE', streamable, 'mcp:use', 'Model Context Protocol: the end of a session of older revisions')
  delete(@Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
    return this.http.exchange('http', request, response);
  }
}
