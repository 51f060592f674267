import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export type ExampleSite = Awaited<ReturnType<typeof startExampleSite>>;

/** What the examples of the documents call at api.example.com: orders, a door that fails once, payments without an answer, tools. */
export async function startExampleSite() {
  /** Every request, in order. */
  const requests: string[] = [];
  const attempts = new Map<string, number>();
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    void answer(request, response, attempts);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  attempts: Map<string, number>,
): Promise<void> {
  const { method, url, headers } = request;
  const key = String(headers['idempotency-key']);
  const count = (attempts.get(key) ?? 0) + 1;
  attempts.set(key, count);
  if (url === '/payments') return;
  if (url === '/unsteady') send(response, count === 1 ? 503 : 200, { attempts: count });
  else if (url === '/mcp' && method === 'POST') answerTool(response, (await json(request)) as RpcMessage);
  else if (url === '/mcp') send(response, 405, {});
  else if (url === '/orders') {
    const { item } = (await json(request)) as { item: string };
    send(response, 201, { id: `order-${item}` });
  } else if (method === 'DELETE') send(response, 200, { deleted: true });
  else send(response, 404, {});
}

interface RpcMessage {
  id?: number;
  method: string;
  params?: { protocolVersion?: string; arguments?: { city?: string } };
}

function answerTool(response: ServerResponse, { id, method, params }: RpcMessage): void {
  if (id === undefined) {
    response.writeHead(202).end();
    return;
  }
  const results: Record<string, object> = {
    initialize: {
      protocolVersion: params?.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'weather', version: '1' },
    },
    'tools/call': { content: [{ type: 'text', text: `sunny in ${params?.arguments?.city}` }] },
  };
  const result = results[method];
  const outcome = result ? { result } : { error: { code: -32601, message: 'no such method' } };
  send(response, 200, { jsonrpc: '2.0', id, ...outcome });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
