import { of, type Case } from './case.js';

const list = { method: 'tools/list' };
const plain = { name: 't', inputSchema: { type: 'object' } };
const tools = (...items: object[]) => ({ result: { tools: items } });
const form = (properties: object, more: object = {}) => ({
  method: 'elicitation/create',
  params: { message: 'm', requestedSchema: { type: 'object', properties, ...more } },
});
const answer = (content: object) => ({ result: { action: 'accept', content } });
const capable = (capabilities: object) => ({ method: 'initialize', params: { capabilities } });
const asked = { sender: 'client', method: 'elicitation/create' } as const;
const sampled = { sender: 'client', method: 'sampling/createMessage' } as const;
const version = (protocolVersion: string) => ({ method: 'initialize', params: { protocolVersion } });
const text = (value: string) => ({ type: 'text', text: value });
const image = { type: 'image', data: '', mimeType: 'image/png' };
const messages = (...items: object[]) => ({
  method: 'sampling/createMessage',
  params: { maxTokens: 1, messages: items },
});

const colours = { fields: ['c__0', 'c__1'], values: ['red', 'green'], isRequired: true, minItems: 1 };
const urlError = {
  code: -32042,
  message: 'm',
  data: { elicitations: [{ mode: 'url', message: 'go', url: 'https://x.test', elicitationId: 'e' }] },
};
const modes = (direction: 'up' | 'down') =>
  of('2025-11-25/elicitation-modes', direction, 'lossless', { sender: 'client' });
const content = of('2025-11-25/sampling-content', 'down', 'lossless');
const multi = of('2025-11-25/multi-select', 'up', 'lossless', {
  ...asked,
  context: { reverse: { choices: { c: colours } } },
});
const visit = of('2025-11-25/url-elicitation', 'up', 'lossless', {
  ...asked,
  context: { reverse: { visited: 'done' } },
});

export const casesOf1125: Case[] = [
  of('2025-11-25/protocol-version', 'up', 'lossless')(version('2025-06-18'), version('2025-11-25')),
  of('2025-11-25/protocol-version', 'down', 'lossless')(version('2025-11-25'), version('2025-06-18')),
  of('2025-11-25/icons', 'down', 'lossy', list)(tools({ ...plain, icons: [] }), tools(plain)),
  of('2025-11-25/icons', 'down', 'lossy', { method: 'tools/call' })(
    { result: { content: [{ type: 'resource_link', uri: 'u', name: 'n', icons: [] }] } },
    { result: { content: [{ type: 'resource_link', uri: 'u', name: 'n' }] } },
  ),
  of('2025-11-25/software-description', 'down', 'lossy', { method: 'initialize' })(
    { result: { serverInfo: { name: 's', version: '1', description: 'd', websiteUrl: 'w' } } },
    { result: { serverInfo: { name: 's', version: '1' } } },
  ),
  of(
    '2025-11-25/task-support',
    'down',
    'lossless',
    list,
  )(tools({ ...plain, execution: { taskSupport: 'optional' } }), tools(plain)),
  of(
    '2025-11-25/task-support',
    'down',
    'lossy',
    list,
  )(tools({ ...plain, execution: { taskSupport: 'required' } }), tools(plain)),
  of('2025-11-25/task-support', 'down', 'lossless', { ...list, context: { keepsTasks: true } })(
    tools({ ...plain, execution: { taskSupport: 'required' } }),
    tools(plain),
  ),
  of('2025-11-25/task-augmented', 'down', 'emulated', { sender: 'client' })(
    { method: 'tools/call', params: { name: 't', task: { ttl: 1 } } },
    { method: 'tools/call', params: { name: 't' } },
  ),
  of(
    '2025-11-25/related-task',
    'down',
    'lossless',
  )(
    {
      method: 'notifications/message',
      params: { _meta: { 'io.modelcontextprotocol/related-task': { taskId: 't' }, a: 1 } },
    },
    { method: 'notifications/message', params: { _meta: { a: 1 } } },
  ),
  of('2025-11-25/tasks', 'down', undefined, { sender: 'client' })(
    { method: 'tasks/get', params: { taskId: 't' } },
    -32601,
  ),
  of('2025-11-25/tasks', 'down', undefined, { method: 'tools/call' })({ result: { task: { taskId: 't' } } }, -32603),
  modes('up')(capable({ elicitation: {} }), capable({ elicitation: { form: {} } })),
  modes('up')(capable({ elicitation: { url: {} } }), capable({ elicitation: { url: {} } }), {
    class: undefined as never,
  }),
  modes('down')(capable({ elicitation: { form: {}, url: {} } }), capable({ elicitation: {} })),
  modes('down')(capable({ elicitation: { url: {} } }), capable({})),
  of(
    '2025-11-25/url-elicitation',
    'down',
    'lossless',
  )({ ...form({}), params: { ...form({}).params, mode: 'form' } }, form({})),
  of('2025-11-25/url-elicitation', 'down', 'emulated', { reverse: { visited: 'done' } })(
    { method: 'elicitation/create', params: { mode: 'url', message: 'm', url: 'https://x.test', elicitationId: 'e' } },
    {
      method: 'elicitation/create',
      params: {
        message: 'm\n\nhttps://x.test',
        requestedSchema: {
          type: 'object',
          properties: {
            done: { type: 'boolean', title: 'Done', description: 'Whether you have been to the address.' },
          },
          required: ['done'],
        },
      },
    },
  ),
  visit(answer({ done: true }), { result: { action: 'accept' } }),
  visit(answer({ done: false }), { result: { action: 'decline' } }),
  visit({ result: { action: 'cancel' } }, { result: { action: 'cancel' } }, { class: undefined as never }),
  of('2025-11-25/url-elicitation-required', 'down', 'emulated', { method: 'tools/call' })(
    { error: urlError },
    { result: { content: [text('m\ngo: https://x.test')], isError: true } },
  ),
  of('2025-11-25/url-elicitation-required', 'down', 'emulated', { method: 'prompts/get' })(
    { error: urlError },
    { error: { ...urlError, code: -32603 } },
  ),
  of(
    '2025-11-25/elicitation-complete',
    'down',
    undefined,
  )({ method: 'notifications/elicitation/complete', params: { elicitationId: 'e' } }, -32601),
  of(
    '2025-11-25/titled-choices',
    'down',
    'lossless',
  )(
    form({ c: { type: 'string', oneOf: [{ const: 'r', title: 'Red' }] } }),
    form({ c: { type: 'string', enum: ['r'], enumNames: ['Red'] } }),
  ),
  of('2025-11-25/multi-select', 'down', 'emulated', { reverse: { choices: { c: colours } } })(
    form(
      {
        c: {
          type: 'array',
          title: 'C',
          minItems: 1,
          items: { type: 'string', enum: ['red', 'green'] },
          default: ['red'],
        },
      },
      { required: ['c', 'other'] },
    ),
    form(
      {
        c__0: { type: 'boolean', title: 'C: red', default: true },
        c__1: { type: 'boolean', title: 'C: green', default: false },
      },
      { required: ['other'] },
    ),
  ),
  of('2025-11-25/multi-select', 'down', 'emulated', {
    reverse: { choices: { c: { fields: ['c__0_'], values: ['r'], isRequired: false } } },
  })(
    form({ c__0: { type: 'string' }, c: { type: 'array', items: { anyOf: [{ const: 'r', title: 'Red' }] } } }),
    form({ c__0: { type: 'string' }, c__0_: { type: 'boolean', title: 'c: Red' } }),
  ),
  multi(answer({ c__0: true, c__1: false, x: 1 }), answer({ x: 1, c: ['red'] })),
  multi(answer({ c__0: false }), -32602),
  multi({ result: { action: 'decline' } }, { result: { action: 'decline' } }, { class: undefined as never }),
  of('2025-11-25/field-defaults', 'down', 'emulated', { reverse: { defaults: { n: 'x' } } })(
    form({ n: { type: 'string', default: 'x' }, b: { type: 'boolean', default: true } }),
    form({ n: { type: 'string' }, b: { type: 'boolean', default: true } }),
  ),
  of('2025-11-25/field-defaults', 'up', 'lossless', {
    ...asked,
    context: { reverse: { defaults: { n: 'x', m: 'y' } } },
  })(answer({ m: 'z' }), answer({ n: 'x', m: 'z' })),
  of('2025-11-25/list-answers', 'down', 'lossy', asked)(answer({ c: ['a', 'b'] }), answer({ c: 'a, b' })),
  of('2025-11-25/sampling-capability', 'down', 'lossy', { sender: 'client' })(
    capable({ sampling: { tools: {} } }),
    capable({ sampling: {} }),
  ),
  of(
    '2025-11-25/sampling-tools',
    'down',
    undefined,
  )({ method: 'sampling/createMessage', params: { messages: [], tools: [] } }, -32602),
  of('2025-11-25/sampling-tools', 'down', undefined, sampled)({ result: { content: [{ type: 'tool_use' }] } }, -32602),
  content(messages({ role: 'user', content: [text('a')] }), messages({ role: 'user', content: text('a') })),
  content(
    messages({ role: 'user', content: [text('a'), image] }),
    messages({ role: 'user', content: text('a') }, { role: 'user', content: image }),
    { class: 'emulated' },
  ),
  content({ result: { content: [text('a')] } }, { result: { content: text('a') } }, sampled),
  content(
    { result: { content: [text('a'), text('b')] } },
    { result: { content: text('a\nb') } },
    { ...sampled, class: 'emulated' },
  ),
  content(
    { result: { content: [image, text('b')] } },
    { result: { content: text('b') } },
    { ...sampled, class: 'lossy' },
  ),
  content({ result: { content: [] } }, { result: { content: text('') } }, { ...sampled, class: 'emulated' }),
  of('2025-11-25/error-without-id', 'down', 'lossless', { context: { requestId: 7 } })(
    { jsonrpc: '2.0', error: { code: -32600, message: 'm' } } as Case['given'],
    { jsonrpc: '2.0', id: 7, error: { code: -32600, message: 'm' } } as Case['given'],
  ),
  of(
    '2025-11-25/error-without-id',
    'down',
    undefined,
  )({ jsonrpc: '2.0', error: { code: -32600, message: 'm' } } as Case['given'], -32603),
  of('2025-11-25/cancelled-without-id', 'down', undefined)({ method: 'notifications/cancelled', params: {} }, -32602),
  of('2025-11-25/input-errors', 'up', 'emulated', { method: 'tools/call', context: { showsInputErrors: true } })(
    { error: { code: -32602, message: 'a is missing' } },
    { result: { content: [text('a is missing')], isError: true } },
  ),
  of('2025-11-25/input-errors', 'up', undefined, { method: 'tools/call' })(
    { error: { code: -32602, message: 'm' } },
    { error: { code: -32602, message: 'm' } },
  ),
];
