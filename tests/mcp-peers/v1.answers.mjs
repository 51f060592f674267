import { setTimeout as sleep } from 'node:timers/promises';
import { described, listedResources, prompts, resources, richContent, templates, toolsOf } from './surface.mjs';

/** What a server of the first generations answers: pairs of a request's schema and its handler. */
export function answersOf({ types, revision, server }) {
  const tools = runsOf({ types, server });
  return [
    [types.ListToolsRequestSchema, () => ({ tools: toolsOf(revision) })],
    [types.CallToolRequestSchema, ({ params }, extra) => call(params, extra)],
    [types.ListResourcesRequestSchema, () => ({ resources: listedResources })],
    [types.ListResourceTemplatesRequestSchema, () => ({ resourceTemplates: templates })],
    [types.ReadResourceRequestSchema, ({ params }) => read(params.uri)],
    [types.SubscribeRequestSchema, () => ({})],
    [types.UnsubscribeRequestSchema, () => ({})],
    [types.ListPromptsRequestSchema, () => ({ prompts: prompts.map(described) })],
    [types.GetPromptRequestSchema, ({ params }) => prompt(params)],
    [types.CompleteRequestSchema, ({ params }) => ({ completion: { values: [`${params.argument.value}is`] } })],
    [types.SetLevelRequestSchema, () => ({})],
  ];

  function call({ name, arguments: args = {}, _meta }, extra) {
    if (name === 'rich') return { content: richContent(revision) };
    const run = tools[name];
    if (!run) throw new types.McpError(types.ErrorCode.InvalidParams, `there is no tool ${name}`);
    return run(args, { extra, token: _meta?.progressToken });
  }

  function read(uri) {
    const found = resources.find((one) => one.uri === uri);
    if (!found) throw new types.McpError(-32_002, `there is no resource ${uri}`, { uri });
    return { contents: [found.contents] };
  }

  function prompt({ name, arguments: { who } = {} }) {
    if (name !== 'greet') throw new types.McpError(types.ErrorCode.InvalidParams, `there is no prompt ${name}`);
    return { messages: [{ role: 'user', content: { type: 'text', text: `Greet ${who}` } }] };
  }
}

const text = (value) => ({ content: [{ type: 'text', text: value }] });

function runsOf({ types, server }) {
  // Later generations tie what they send during a call to its stream.
  const tell = (extra, note) => (extra.sendNotification ? extra.sendNotification(note) : server.notification(note));
  const ask = (extra, request, schema) =>
    extra.sendRequest ? extra.sendRequest(request, schema) : server.request(request, schema);
  return {
    echo: ({ text: said }) => text(said),
    fail: () => ({ ...text('it failed'), isError: true }),
    structured: () => ({ ...text('{"sum":3}'), structuredContent: { sum: 3 } }),
    count: async (_, { extra, token }) => {
      for (let progress = 1; progress <= 3 && token !== undefined; progress++) {
        const params = { progressToken: token, progress, total: 3 };
        await tell(extra, { method: 'notifications/progress', params });
        // Old clients forget who listens when the answer arrives in the same piece.
        await sleep(100);
      }
      return text('counted');
    },
    log: async (_, { extra }) => {
      const params = { level: 'warning', logger: 'peer', data: 'careful' };
      await tell(extra, { method: 'notifications/message', params });
      return text('logged');
    },
    touch: async (_, { extra }) => {
      const params = { uri: resources[0].uri };
      await tell(extra, { method: 'notifications/resources/updated', params });
      return text('touched');
    },
    'ask-model': async (_, { extra }) => {
      const messages = [{ role: 'user', content: { type: 'text', text: 'the capital of France' } }];
      const request = { method: 'sampling/createMessage', params: { messages, maxTokens: 10 } };
      const { content } = await ask(extra, request, types.CreateMessageResultSchema);
      return text(content.text);
    },
    'ask-roots': async (_, { extra }) => {
      const { roots } = await ask(extra, { method: 'roots/list' }, types.ListRootsResultSchema);
      return text(roots.map(({ uri }) => uri).join());
    },
    'ask-user': async (_, { extra }) => {
      const requestedSchema = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
      const request = { method: 'elicitation/create', params: { message: 'your name', requestedSchema } };
      const { action, content } = await ask(extra, request, types.ElicitResultSchema);
      return text(`${action} ${content?.name ?? ''}`.trim());
    },
  };
}
