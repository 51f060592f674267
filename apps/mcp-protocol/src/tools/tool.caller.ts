import { Injectable } from '@nestjs/common';
import { digestOf } from '@scm/audit';
import { decodeValue, ServiceError } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import type { CallToolResult } from '@scm/mcp-messages';
import { CallAudit } from '../protocol/call-audit.js';
import type { Tool } from './tool.js';
import { ToolRegistry } from './tool.registry.js';

type ToolResult = Omit<CallToolResult, 'resultType'>;

/** Calls a tool for the caller of the message: judged and put on record like the same thing over REST. */
@Injectable()
export class ToolCaller {
  constructor(
    private readonly registry: ToolRegistry,
    private readonly audit: CallAudit,
  ) {}

  /** A tool's failure is a result that says so; `undefined` means there is no such tool. */
  async call(name: string, input: unknown): Promise<ToolResult | undefined> {
    const tool = this.registry.find(name);
    if (!tool) return undefined;
    const details = { digest: digestOf(input ?? {}) };
    if (!this.registry.mayUse(currentActor(), tool)) {
      await this.audit.record('tools/call', 'denied', { resource: name, details, reason: `needs ${tool.access}` });
      return failure(new ServiceError('PERMISSION_DENIED', `This needs the permission ${tool.access}`));
    }
    // What changes nothing leaves no doubt behind when it is broken off.
    if (!tool.annotations.readOnlyHint) await this.audit.record('tools/call', 'started', { resource: name, details });
    try {
      const output = await tool.run(decodeValue(tool.input, input ?? {}) as Parameters<Tool['run']>[0]);
      await this.audit.record('tools/call', 'done', { resource: name, details });
      return { content: [{ type: 'text', text: JSON.stringify(output) }], structuredContent: { ...output } };
    } catch (error) {
      const reason = error instanceof ServiceError ? `${error.code}: ${error.message}` : 'internal error';
      await this.audit.record('tools/call', 'failed', { resource: name, details, reason });
      if (error instanceof ServiceError) return failure(error);
      throw error;
    }
  }
}

function failure({ code, message, details }: ServiceError): ToolResult {
  const content = { code, message, ...(details && { errors: details }) };
  return { isError: true, content: [{ type: 'text', text: JSON.stringify(content) }], structuredContent: content };
}
