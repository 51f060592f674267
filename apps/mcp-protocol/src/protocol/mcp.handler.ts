import { Controller } from '@nestjs/common';
import { McpApi, type McpReply, type McpRequest } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { McpService } from './mcp.service.js';

@Controller()
export class McpHandler {
  constructor(private readonly mcp: McpService) {}

  @Rpc(McpApi.handle)
  handle(request: McpRequest): Promise<McpReply> {
    return this.mcp.handle(request);
  }
}
