// The official SDK's server with one tool that does nothing, called directly.
import http from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, Server } from '@modelcontextprotocol/server';

const tools = [{ name: 'nothing', description: 'does nothing', inputSchema: { type: 'object', properties: {} } }];
const result = { content: [{ type: 'text', text: 'done' }] };

const { fetch } = createMcpHandler(() => {
  const server = new Server({ name: 'peer', version: '1.0.0' }, { capabilities: { tools: {} } });
  server.setRequestHandler('tools/list', () => ({ tools }));
  server.setRequestHandler('tools/call', () => result);
  return server;
});
const server = http.createServer(toNodeHandler({ fetch }));
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.once('disconnect', () => process.exit());
