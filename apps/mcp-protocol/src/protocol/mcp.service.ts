import { Injectable } from '@nestjs/common';
import { parseJson, ServiceError, type McpReply, type McpRequest } from '@scm/contracts';
import { McpEngine } from './mcp.engine.js';

const PARSE_ERROR = -32_700;
const METHOD_NOT_FOUND = -32_601;

/** Carries one HTTP exchange of the MCP door through the protocol engine. */
@Injectable()
export class McpService {
  constructor(private readonly engine: McpEngine) {}

  async handle({ method, headers, body }: McpRequest): Promise<McpReply> {
    if (method === 'POST') {
      const refusal = refusalOf(body);
      if (refusal) return refusal;
    }
    const init = { method, headers, ...(method === 'POST' && { body }) };
    const response = await this.engine.answer(new Request('http://mcp.invalid/mcp', init));
    return { status: response.status, headers: kept(response.headers), body: await response.text() };
  }
}

/** What must not reach the engine: text that is no JSON, and the endless stream of subscriptions, which is not offered. */
function refusalOf(body: string): McpReply | undefined {
  try {
    const message = parseJson(body) as { id?: unknown; method?: unknown } | null;
    if (message?.method !== 'subscriptions/listen') return undefined;
    return rpcError(404, METHOD_NOT_FOUND, 'subscriptions/listen is not offered', message.id);
  } catch (error) {
    if (error instanceof ServiceError) return rpcError(400, PARSE_ERROR, error.message, null);
    throw error;
  }
}

function rpcError(status: number, code: number, message: string, id: unknown): McpReply {
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: id ?? null });
  return { status, headers: { 'content-type': 'application/json' }, body };
}

function kept(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name !== 'connection' && name !== 'content-length'));
}
