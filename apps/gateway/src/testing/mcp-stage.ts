import { connect, type NatsConnection } from '@nats-io/transport-node';
import { DEFAULT_WORKSPACE_ID, ExecutionApi, MetricsApi, type RpcContract } from '@scm/contracts';
import { startMesh, type TestMesh, type TestService } from '@scm/testing';
import { AuthStandIn } from './auth-stand-in.js';

const key = 'scm_key_of_a_spec';

/** An answer of the MCP door over HTTP. */
export interface McpAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** Its JSON, or the messages of its events. */
  messages: Message[];
}

export interface Message {
  id?: string | number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data?: Record<string, unknown> };
}

/** Gateways and replicas of mcp-protocol; what stands behind the tools is played by the stage. */
export interface McpStage {
  mesh: TestMesh;
  nc: NatsConnection;
  auth: AuthStandIn;
  gateways: TestService[];
  replicas: TestService[];
  /** What metrics read as. */
  metric: { value: string };
  /** What executions are. */
  execution: { status: string };
  headers: Record<string, string>;
  url(gateway?: number): string;
  send(
    body: unknown,
    headers?: Record<string, string>,
    options?: { method?: string; gateway?: number },
  ): Promise<McpAnswer>;
  stop(): Promise<void>;
}

export async function setMcpStage(
  counts: { gateways?: number; replicas?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<McpStage> {
  const mesh = await startMesh();
  const nc = await connect({ servers: mesh.nats.url.replace('nats://test@', ''), token: 'test' });
  const auth = new AuthStandIn(nc);
  auth.role = 'admin';
  const metric = { value: '0.5' };
  const execution = { status: 'running' };
  answer(nc, MetricsApi.query, () => {
    const result = [{ metric: { __name__: 'scm_host_load1' }, value: [1, metric.value] }];
    return { data: { resultType: 'vector', result } };
  });
  const started = { executionId: DEFAULT_WORKSPACE_ID, workflow: 'w', version: '1', status: 'running' };
  answer(nc, ExecutionApi.start, () => started);
  answer(nc, ExecutionApi.get, () => ({ id: DEFAULT_WORKSPACE_ID, workflow: 'w', version: '1', ...execution }));
  const env = { SCM_PORT: '0', SCM_ACTOR_REQUESTS_PER_MINUTE: '1000000', SCM_MAX_LAG_MS: '5000', ...counts.env };
  const some = (count: number, service: string) => Array.from({ length: count }, () => mesh.start(service, env));
  const gateways = await Promise.all(some(counts.gateways ?? 1, 'gateway'));
  // The first one migrates.
  const replicas = [await mesh.start('mcp-protocol', env)];
  replicas.push(...(await Promise.all(some((counts.replicas ?? 1) - 1, 'mcp-protocol'))));
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const url = (gateway = 0) => `http://127.0.0.1:${gateways[gateway % gateways.length]?.port}`;
  return {
    mesh,
    nc,
    auth,
    gateways,
    replicas,
    metric,
    execution,
    headers,
    url,
    send: async (body, more = {}, { method = 'POST', gateway } = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const init = { method, headers: { ...headers, ...more }, ...(method === 'POST' && { body: text }) };
      return read(await fetch(`${url(gateway)}/mcp`, init));
    },
    stop: async () => {
      await nc.close();
      await mesh.stop();
    },
  };
}

/** One request as 2026-07-28 writes it, and the headers that mirror it. */
export function stateless(
  method: string,
  params: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): [object, Record<string, string>] {
  const revision = '2026-07-28';
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientCapabilities': {},
    ...more,
  };
  const name = (params.name ?? params.uri) as string | undefined;
  const headers = { 'mcp-protocol-version': revision, 'mcp-method': method, ...(name && { 'mcp-name': name }) };
  return [{ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }, headers];
}

async function read(response: Response): Promise<McpAnswer> {
  const { status, headers } = response;
  const text = await response.text();
  const type = headers.get('content-type') ?? '';
  const json = type.includes('json') ? [JSON.parse(text)].flat() : [];
  return { status, headers, text, messages: type.includes('event-stream') ? messagesOf(text) : (json as Message[]) };
}

/** The messages of server-sent events. */
export function messagesOf(text: string): Message[] {
  return [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data ?? '') as Message);
}

function answer(nc: NatsConnection, contract: RpcContract, reply: () => object): void {
  nc.subscribe(contract.subject, { callback: (_, msg) => void msg.respond(JSON.stringify(reply())) });
}
