import { Controller } from '@nestjs/common';
import { McpApi, type McpHead, type McpRequest } from '@scm/contracts';
import { Streamed, type StreamedAnswer } from '@scm/messaging';
import { McpDoor } from './mcp.door.js';

@Controller()
export class McpHandler {
  constructor(private readonly door: McpDoor) {}

  @Streamed(McpApi.exchange)
  exchange(request: McpRequest, answer: StreamedAnswer<McpHead>): Promise<McpHead | void> {
    return this.door.open(request, answer);
  }
}
