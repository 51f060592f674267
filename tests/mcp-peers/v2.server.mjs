// An upstream built with the official SDK's second generation, which speaks 2026-07-28 only; prints its URL.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
} from '@modelcontextprotocol/server';
import { described, listedResources, prompts, resources, richContent, templates, toolsOf } from './surface.mjs';

const revision = '2026-07-28';
const capabilities = { tools: {}, prompts: {}, resources: { subscribe: true }, completions: {}, logging: {} };
const text = (value) => ({ content: [{ type: 'text', text: value }] });
const invalid = (message) => new ProtocolError(ProtocolErrorCode.InvalidParams, message);

const tools = {
  echo: ({ text: said }) => text(said),
  fail: () => ({ ...text('it failed'), isError: true }),
  rich: () => ({ content: richContent(revision) }),
  structured: () => ({ ...text('{"sum":3}'), structuredContent: { sum: 3 } }),
  count: async (_, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (let progress = 1; progress <= 3 && progressToken !== undefined; progress++) {
      await mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total: 3 } });
      await sleep(100);
    }
    return text('counted');
  },
  log: async (_, { mcpReq }) => {
    await mcpReq.log('warning', 'careful', 'peer');
    return text('logged');
  },
  touch: () => {
    handler.notify.resourceUpdated(resources[0].uri);
    return text('touched');
  },
  'ask-model': (_, { mcpReq }) => {
    const { content } = mcpReq.inputResponses?.answer ?? {};
    if (content) return text([content].flat()[0].text);
    const messages = [{ role: 'user', content: { type: 'text', text: 'the capital of France' } }];
    return inputRequired({ inputRequests: { answer: inputRequired.createMessage({ messages, maxTokens: 10 }) } });
  },
  'ask-roots': (_, { mcpReq }) => {
    const { roots } = mcpReq.inputResponses?.roots ?? {};
    if (roots) return text(roots.map(({ uri }) => uri).join());
    return inputRequired({ inputRequests: { roots: inputRequired.listRoots() } });
  },
  'ask-user': (_, { mcpReq }) => {
    const { action, content } = mcpReq.inputResponses?.user ?? {};
    if (action) return text(`${action} ${content?.name ?? ''}`.trim());
    const requestedSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
    return inputRequired({ inputRequests: { user: inputRequired.elicit({ message: 'your name', requestedSchema }) } });
  },
};

const handler = createMcpHandler(build, { legacy: 'reject' });
const server = http.createServer(toNodeHandler({ fetch: handler.fetch }));
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
process.once('SIGTERM', () => process.exit(0));

function build() {
  const one = new Server({ name: 'v2', version: '2.4.0' }, { capabilities });
  one.setRequestHandler('tools/list', () => ({ tools: toolsOf(revision) }));
  one.setRequestHandler('tools/call', ({ params }, context) => {
    const run = tools[params.name];
    if (!run) throw invalid(`there is no tool ${params.name}`);
    return run(params.arguments ?? {}, context);
  });
  one.setRequestHandler('resources/list', () => ({ resources: listedResources }));
  one.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: templates }));
  one.setRequestHandler('resources/read', ({ params: { uri } }) => {
    const found = resources.find((resource) => resource.uri === uri);
    if (!found) throw new ResourceNotFoundError(uri);
    return { contents: [found.contents] };
  });
  one.setRequestHandler('prompts/list', () => ({ prompts: prompts.map(described) }));
  one.setRequestHandler('prompts/get', ({ params: { name, arguments: { who } = {} } }) => {
    if (name !== 'greet') throw invalid(`there is no prompt ${name}`);
    return { messages: [{ role: 'user', content: { type: 'text', text: `Greet ${who}` } }] };
  });
  one.setRequestHandler('completion/complete', ({ params }) => ({
    completion: { values: [`${params.argument.value}is`] },
  }));
  return one;
}
