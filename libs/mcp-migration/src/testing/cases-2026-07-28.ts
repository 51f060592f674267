import { metaKeys } from '@scm/mcp-messages';
import { of, type Case } from './case.js';

const list = { method: 'tools/list' };
const call = { method: 'tools/call' };
const client = { sender: 'client' } as const;
const plain = { name: 't', inputSchema: { type: 'object' } };
const complete = { resultType: 'complete' } as const;
const cached = { ...complete, ttlMs: 0, cacheScope: 'private' } as const;
const older = (...items: object[]) => ({ result: { tools: items } });
const newer = (...items: object[]) => ({ result: { ...cached, tools: items } });
const text = (value: string) => ({ type: 'text', text: value });

const anonymous = { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientCapabilities]: {} };
const session = { ...anonymous, [metaKeys.clientCapabilities]: { roots: {} }, [metaKeys.logLevel]: 'info' };
const ofUri = (code: number, data?: object) => ({ error: { code, message: 'm', ...(data && { data }) } });
const changed = 'notifications/tools/list_changed';

const refusedUp = (rule: string, method: string, sender: 'client' | 'server' = 'client') =>
  of(`2026-07-28/${rule}`, 'up', undefined, { sender })({ method }, -32601);
const meta = (direction: 'up' | 'down') => of('2026-07-28/request-meta', direction, 'lossless', client);
const schema = of('2026-07-28/schema-keywords', 'down', 'emulated', list);
const root = of('2026-07-28/output-schema-root', 'down', 'emulated', list);
const value = of('2026-07-28/output-schema-root', 'down', 'emulated', call);
const missing = (direction: 'up' | 'down') =>
  of('2026-07-28/resource-not-found', direction, 'lossless', { method: 'resources/read' });
const visit = (direction: 'up' | 'down') => of('2026-07-28/elicitation-id', direction, 'emulated');
const address = (more: object = {}) => ({
  method: 'elicitation/create',
  params: { mode: 'url', message: 'm', url: 'u', ...more },
});

export const casesOf0728: Case[] = [
  refusedUp('handshake', 'initialize'),
  refusedUp('handshake', 'notifications/initialized'),
  of('2026-07-28/handshake', 'down', undefined, client)({ method: 'server/discover', params: {} }, -32601),
  refusedUp('ping', 'ping'),
  refusedUp('ping', 'ping', 'server'),
  refusedUp('log-level', 'logging/setLevel'),
  refusedUp('subscriptions', 'resources/subscribe'),
  of('2026-07-28/subscriptions', 'down', undefined, client)({ method: 'subscriptions/listen', params: {} }, -32601),
  refusedUp('roots-changed', 'notifications/roots/list_changed'),
  refusedUp('client-progress', 'notifications/progress'),
  refusedUp('elicitation-complete', 'notifications/elicitation/complete', 'server'),
  of(
    '2026-07-28/input-required',
    'up',
    'lossless',
  )({ jsonrpc: '2.0', id: 1, method: 'roots/list' } as Case['given'], { method: 'roots/list' }),
  of('2026-07-28/input-required', 'down', 'lossless', { context: { requestId: 'r' } })({ method: 'roots/list' }, {
    jsonrpc: '2.0',
    id: 'r',
    method: 'roots/list',
  } as Case['given']),
  of('2026-07-28/input-required', 'down', undefined, call)({ result: { resultType: 'input_required' } }, -32603),
  of(
    '2026-07-28/input-required',
    'down',
    'emulated',
    client,
  )(
    { method: 'tools/call', params: { name: 't', inputResponses: {}, requestState: 's' } },
    { method: 'tools/call', params: { name: 't' } },
  ),
  visit('up')(address({ elicitationId: 'e' }), address()),
  visit('down')(address(), address({ elicitationId: 'e' }), { context: { elicitationId: 'e' } }),
  visit('down')(address(), address({ elicitationId: 'u' })),
  of(
    '2026-07-28/url-elicitation-required',
    'up',
    'emulated',
    call,
  )(ofUri(-32042, { elicitations: [{ mode: 'url', message: 'm', url: 'u', elicitationId: 'e' }] }), {
    result: { resultType: 'input_required', inputRequests: { e: address() } },
  }),
  meta('up')({ method: 'tools/list' }, { method: 'tools/list', params: { _meta: anonymous } }),
  meta('up')(
    { method: 'tools/list', params: { _meta: { progressToken: 1, [metaKeys.logLevel]: 'debug', 'x.test/a': 1 } } },
    { method: 'tools/list', params: { _meta: { ...session, progressToken: 1, 'x.test/a': 1 } } },
    { context: { requestMeta: session } },
  ),
  meta('down')(
    { method: 'tools/list', params: { cursor: 'c', _meta: { ...session, traceparent: 't' } } },
    { method: 'tools/list', params: { cursor: 'c', _meta: { traceparent: 't' } } },
  ),
  meta('down')({ method: 'tools/list', params: { _meta: anonymous } }, { method: 'tools/list', params: {} }),
  of('2026-07-28/subscription-id', 'up', 'lossless', { context: { subscriptionId: 5 } })(
    { method: changed },
    { method: changed, params: { _meta: { [metaKeys.subscriptionId]: 5 } } },
  ),
  of(
    '2026-07-28/subscription-id',
    'down',
    'lossless',
  )({ method: changed, params: { _meta: { [metaKeys.subscriptionId]: 5 } } }, { method: changed, params: {} }),
  of(
    '2026-07-28/result-type',
    'up',
    'lossless',
    call,
  )({ result: { content: [] } }, { result: { ...complete, content: [] } }),
  of(
    '2026-07-28/result-type',
    'down',
    'lossless',
    call,
  )({ result: { ...complete, content: [] } }, { result: { content: [] } }),
  of('2026-07-28/result-type', 'down', undefined, call)({ result: { resultType: 'x.test/other' } }, -32603),
  of('2026-07-28/server-info', 'up', 'lossless', { ...call, context: { serverInfo: { name: 's' } } })(
    { result: { content: [] } },
    { result: { ...complete, content: [], _meta: { [metaKeys.serverInfo]: { name: 's' } } } },
  ),
  of(
    '2026-07-28/server-info',
    'down',
    'lossless',
    call,
  )(
    { result: { ...complete, content: [], _meta: { [metaKeys.serverInfo]: { name: 's' }, a: 1 } } },
    { result: { content: [], _meta: { a: 1 } } },
  ),
  of('2026-07-28/cache-hints', 'up', 'lossless', list)(older(), newer()),
  of('2026-07-28/cache-hints', 'up', 'lossless', { ...list, context: { cache: { ttlMs: 9, cacheScope: 'public' } } })(
    older(),
    {
      result: { ...complete, tools: [], ttlMs: 9, cacheScope: 'public' },
    },
  ),
  of('2026-07-28/cache-hints', 'down', 'lossless', list)(newer(), older()),
  of('2026-07-28/completion-values', 'up', 'lossy', { method: 'completion/complete' })(
    { result: { completion: { values: Array.from({ length: 101 }, String) } } },
    { result: { ...complete, completion: { values: Array.from({ length: 100 }, String), total: 101, hasMore: true } } },
  ),
  schema(
    newer({ name: 't', inputSchema: { type: 'object', properties: { a: true, b: false, c: { type: 'string' } } } }),
    older({ name: 't', inputSchema: { type: 'object', properties: { a: {}, b: { not: {} }, c: { type: 'string' } } } }),
  ),
  schema(
    newer({ name: 't', inputSchema: { type: 'object', properties: [], required: [1], anyOf: [] } }),
    older({ name: 't', inputSchema: { type: 'object', anyOf: [] } }),
  ),
  root(
    newer({
      ...plain,
      outputSchema: {
        $schema: 's',
        type: 'array',
        items: { $ref: '#/$defs/n' },
        $defs: {
          n: { anyOf: [{ $ref: '#' }, { $ref: '#here' }, { const: { $ref: '#' } }] },
          const: { $ref: '#/$defs/n' },
        },
      },
    }),
    older({
      ...plain,
      outputSchema: {
        $schema: 's',
        type: 'object',
        required: ['result'],
        properties: {
          result: {
            type: 'array',
            items: { $ref: '#/properties/result/$defs/n' },
            $defs: {
              n: { anyOf: [{ $ref: '#/properties/result' }, { $ref: '#here' }, { const: { $ref: '#' } }] },
              const: { $ref: '#/properties/result/$defs/n' },
            },
          },
        },
      },
    }),
  ),
  value(
    { result: { ...complete, content: [], structuredContent: null } },
    { result: { content: [], structuredContent: { result: null } } },
  ),
  value(
    { result: { ...complete, content: [], structuredContent: { a: 1 } } },
    { result: { content: [], structuredContent: { result: { a: 1 } } } },
    { context: { outputSchema: { anyOf: [] } } },
  ),
  value(
    { result: { ...complete, content: [], structuredContent: { a: 1 } } },
    { result: { content: [], structuredContent: { a: 1 } } },
    { context: { outputSchema: { type: 'object' } }, class: undefined as never },
  ),
  missing('up')(ofUri(-32002, { uri: 'u' }), ofUri(-32602, { uri: 'u' })),
  missing('up')(ofUri(-32002), ofUri(-32602, { uri: 'u' }), { context: { uri: 'u' } }),
  missing('down')(ofUri(-32602, { uri: 'u' }), ofUri(-32002, { uri: 'u' })),
  missing('down')(ofUri(-32602), ofUri(-32602), { class: undefined as never }),
  of(
    '2026-07-28/missing-capability',
    'down',
    'emulated',
    call,
  )(ofUri(-32021, { requiredCapabilities: { elicitation: {} } }), {
    result: { content: [text('m {"elicitation":{}}')], isError: true },
  }),
  of('2026-07-28/reserved-codes', 'down', 'lossy', list)(ofUri(-32022), ofUri(-32603)),
];
