import { event, streamed } from './define.js';
import { JsonObject, Name, OneOf, Text, TextMap, Whole } from './fields.js';

/** How the messages of an exchange travel: an HTTP request, the older HTTP+SSE pair, or one message of a socket. */
export const mcpTransports = ['http', 'sse', 'socket'] as const;

/** One exchange of an MCP door: the body as text, the headers that matter to the protocol, lower case. */
export class McpRequest {
  @OneOf(['GET', 'POST', 'DELETE']) method: 'GET' | 'POST' | 'DELETE';
  @OneOf(mcpTransports) transport: (typeof mcpTransports)[number];
  @TextMap({ maxValue: 8_192 }) headers: Record<string, string>;
  @Text({ min: 0, max: 7_340_032 }) body: string;
  /** The virtual server that is addressed. */
  @Name({ optional: true }) server?: string;
}

/** The HTTP answer; without a body, what follows are server-sent events, or on a socket messages. */
export class McpHead {
  @Whole({ min: 100, max: 599 }) status: number;
  @TextMap({ maxValue: 8_192 }) headers: Record<string, string>;
  @Text({ min: 0, max: 67_108_864, optional: true }) body?: string;
}

/** A message of a session's stream, kept for a client that comes back after it lost the stream. */
export class McpFrame {
  @JsonObject({ optional: true }) message?: Record<string, unknown>;
  /** It is the last of its stream. */
  @Whole({ max: 1, optional: true }) last?: number;
}

/**
 * A session changed, a request was cancelled, the client answered, its stream was opened elsewhere; whether a call is at work
 * still, and that it is; a task changed.
 */
const tidings = ['changed', 'cancelled', 'answered', 'streaming', 'wanted', 'working', 'listening', 'task'] as const;

/** What one replica tells the others of a session, or of the socket that its messages came from. */
export class McpTold {
  @OneOf(tidings) what: (typeof tidings)[number];
  /** The message it is about, or the stream. */
  @JsonObject({ optional: true }) message?: Record<string, unknown>;
}

/** What an upstream, as it is registered now, said that it changed: a list by its method, or a resource. */
export class McpUpstreamNews {
  @Text({ max: 128 }) upstream: string;
  @Text({ max: 64 }) method: string;
  @Text({ max: 8_192, optional: true }) uri?: string;
}

const service = 'mcp-protocol';

export const McpApi = {
  exchange: streamed('mcp.v1.exchange', McpRequest, McpHead, { service, access: 'mcp:use' }),
};

export const McpEvents = {
  frameSent: event('mcp.v1.frame-sent', McpFrame, { service, key: ['session', 'stream'] }),
  upstreamChanged: event('mcp.v1.upstream-changed', McpUpstreamNews, { service, key: [] }),
  sessionTold: event('mcp.v1.session-told', McpTold, { service, key: ['session'] }),
};
