// An upstream built with one generation of the official SDK: node v1.server.mjs <module> <revision> <transport>; prints its URL.
import http from 'node:http';
import { randomUUID } from 'node:crypto';
import { answersOf } from './v1.answers.mjs';

const [module, revision, kind] = process.argv.slice(2);
const { Server } = await import(`${module}/server/index.js`);
const types = await import(`${module}/types.js`);

const sessions = new Map();
const listener = kind === 'sse' ? await overSse() : await overStreamableHttp();
const server = http.createServer((request, response) => void listener(request, response));
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
process.once('SIGTERM', () => process.exit(0));

/** One for each session, as the SDK has it. */
function build() {
  const capabilities = { tools: {}, prompts: {}, resources: { subscribe: true }, logging: {}, completions: {} };
  const one = new Server({ name: module, version: revision }, { capabilities });
  for (const [schema, answer] of answersOf({ types, revision, server: one })) one.setRequestHandler(schema, answer);
  return one;
}

async function overSse() {
  const { SSEServerTransport } = await import(`${module}/server/sse.js`);
  return async (request, response) => {
    const url = new URL(request.url, 'http://here');
    if (request.method === 'GET') {
      const transport = new SSEServerTransport('/messages', response);
      sessions.set(transport.sessionId, transport);
      await build().connect(transport);
      return;
    }
    const transport = sessions.get(url.searchParams.get('sessionId'));
    if (transport) await transport.handlePostMessage(request, response);
    else response.writeHead(404).end();
  };
}

async function overStreamableHttp() {
  const { StreamableHTTPServerTransport } = await import(`${module}/server/streamableHttp.js`);
  return async (request, response) => {
    const id = request.headers['mcp-session-id'];
    if (id !== undefined && !sessions.has(id)) return void response.writeHead(404).end();
    const transport = sessions.get(id) ?? (await open());
    await transport.handleRequest(request, response);
  };

  async function open() {
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
    });
    await build().connect(transport);
    return transport;
  }
}
