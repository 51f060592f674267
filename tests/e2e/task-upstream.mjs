// An upstream of 2025-11-25 with a tool that only runs as a task of its own; prints its URL.
import http from 'node:http';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { InMemoryTaskStore } from '@modelcontextprotocol/sdk/experimental/tasks/stores/in-memory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

const buildMs = 300;
const tasks = { list: {}, cancel: {}, requests: { tools: { call: {} } } };
const sessions = new Map();

function build() {
  const taskStore = new InMemoryTaskStore();
  const server = new McpServer({ name: 'builder', version: '1' }, { capabilities: { tools: {}, tasks }, taskStore });
  server.experimental.tasks.registerToolTask(
    'build',
    { description: 'Builds something.', execution: { taskSupport: 'required' } },
    {
      createTask: async (extra) => {
        const task = await extra.taskStore.createTask({ ttl: 60_000, pollInterval: 50 });
        void sleep(buildMs).then(() =>
          extra.taskStore.storeTaskResult(task.taskId, 'completed', { content: [{ type: 'text', text: 'built' }] }),
        );
        return { task };
      },
      getTask: (extra) => extra.taskStore.getTask(extra.taskId),
      getTaskResult: (extra) => extra.taskStore.getTaskResult(extra.taskId),
    },
  );
  return server;
}

async function open() {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
  });
  await build().connect(transport);
  return transport;
}

const server = http.createServer((request, response) => {
  const id = request.headers['mcp-session-id'];
  if (id !== undefined && !sessions.has(id)) return void response.writeHead(404).end();
  void (async () => (sessions.get(id) ?? (await open())).handleRequest(request, response))();
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
process.once('SIGTERM', () => process.exit(0));
