import {
  Client,
  ProtocolError,
  SdkError,
  SdkHttpError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import type { EgressRequest } from '@scm/egress';
import { configurationFault, refusalFault, statusFault } from './call-fault.js';
import type { CallContext } from './call.js';
import { endpointOf, type EndpointArgument } from './endpoint.js';

export interface McpCallArguments {
  method: string;
  parameters?: Record<string, unknown>;
  transport: { http?: { endpoint: EndpointArgument; headers?: Record<string, string> } };
  client?: { name: string; version: string };
}

const MAX_ANSWER_BYTES = 1_048_576;

/** `call: mcp`: one request to a server of the Model Context Protocol over Streamable HTTP. */
export async function callMcp(
  { method, parameters = {}, transport, client = { name: 'system-context-monitor', version: '1' } }: McpCallArguments,
  context: CallContext,
): Promise<unknown> {
  if (!transport.http) throw configurationFault('only the transport http is supported');
  const { url, headers } = endpointOf(transport.http.endpoint, context.input);
  const connection = new StreamableHTTPClientTransport(url, {
    fetch: (target, init) => fetchGuarded(context, new Request(target, init)),
    requestInit: { headers: { ...transport.http.headers, ...headers, 'idempotency-key': context.key } },
  });
  const session = new Client(client);
  try {
    await session.connect(connection, { signal: context.signal });
    return await ask(session, method, parameters, context.signal);
  } catch (error) {
    throw faultOf(error, url.host);
  } finally {
    await session.close().catch(() => undefined);
  }
}

function ask(
  session: Client,
  method: string,
  parameters: Record<string, unknown>,
  signal: AbortSignal,
): Promise<unknown> {
  const options = { signal };
  switch (method) {
    case 'tools/list':
      return session.listTools(parameters, options);
    case 'tools/call':
      return session.callTool(parameters as Parameters<Client['callTool']>[0], options);
    case 'prompts/list':
      return session.listPrompts(parameters, options);
    case 'prompts/get':
      return session.getPrompt(parameters as Parameters<Client['getPrompt']>[0], options);
    case 'resources/list':
      return session.listResources(parameters, options);
    case 'resources/templates/list':
      return session.listResourceTemplates(parameters, options);
    case 'resources/read':
      return session.readResource(parameters as Parameters<Client['readResource']>[0], options);
    default:
      throw configurationFault(`the method ${method} is not supported`);
  }
}

/** What the server refuses, and what the way to it does wrong, are no bugs. */
function faultOf(error: unknown, host: string): unknown {
  if (error instanceof SdkHttpError) return statusFault(host, error.status);
  if (error instanceof ProtocolError) return refusalFault(host, error.message, { retryable: false });
  if (error instanceof SdkError) return refusalFault(host, error.message, { retryable: true });
  return error;
}

/** What the SDK sends leaves by the same guarded way as everything else. */
async function fetchGuarded({ egress, signal }: CallContext, request: Request): Promise<Response> {
  const body = request.body ? new Uint8Array(await request.arrayBuffer()) : undefined;
  const answer = await egress.send({
    url: request.url,
    method: request.method as EgressRequest['method'],
    headers: Object.fromEntries(request.headers),
    ...(body && { body }),
    maxBytes: MAX_ANSWER_BYTES,
    signal,
  });
  const isEmpty = [101, 204, 205, 304].includes(answer.status);
  return new Response(isEmpty ? null : new Uint8Array(answer.body), {
    status: answer.status,
    headers: { ...answer.headers },
  });
}
