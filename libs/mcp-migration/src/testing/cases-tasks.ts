import { metaKeys, tasksExtension } from '@scm/mcp-messages';
import { of, type Case } from './case.js';

const client = { sender: 'client' } as const;
const call = { method: 'tools/call' };
const get = { method: 'tasks/get' };
const keepsTasks = { keepsTasks: true };
const complete = { resultType: 'complete' } as const;
const revision = { [metaKeys.protocolVersion]: '2026-07-28' };
const anonymous = { ...revision, [metaKeys.clientCapabilities]: {} };
const declaring = { ...revision, [metaKeys.clientCapabilities]: { extensions: { [tasksExtension.id]: {} } } };

const times = { taskId: 't', createdAt: 'c', lastUpdatedAt: 'u' };
const core = { ...times, status: 'working', ttl: 60_000, pollInterval: 100 };
const extension = { ...times, status: 'working', ttlMs: 60_000, pollIntervalMs: 100 };
const inputSchema = { type: 'object' };
const failedTool = { content: [], isError: true };

const refused = (direction: 'up' | 'down', rest: Partial<Case> = {}) =>
  of('2026-07-28/tasks', direction, undefined, { ...client, ...rest });
const kept = (direction: 'up' | 'down', outcome: Case['class'], rest: Partial<Case> = {}) =>
  of('2026-07-28/tasks', direction, outcome, { context: keepsTasks, ...rest });
const state = (task: object) => ({ result: { ...complete, ...task } });
const ended = (taskOutcome: object) => ({ ...get, context: { keepsTasks: true, taskOutcome } });

export const casesOfTasks: Case[] = [
  refused('up')({ method: 'tasks/list' }, -32601, { context: keepsTasks }),
  refused('up')({ method: 'tasks/result', params: { taskId: 't' } }, -32601, { context: keepsTasks }),
  refused('up')({ method: 'tasks/get', params: { taskId: 't' } }, -32601),
  refused('up')({ method: 'notifications/cancelled', params: {} }, -32602),
  refused('up', call)({ result: { task: core } }, -32603),
  refused('up', get)({ result: core }, -32601),
  refused('up', ended({}))({ result: { ...core, status: 'completed' } }, -32603),
  refused('down')({ method: 'tasks/update', params: {} }, -32601, { context: keepsTasks }),
  refused('down', call)(state({ ...extension, resultType: 'task' }), -32603),
  refused('down', { method: 'tasks/cancel' })({ result: complete }, -32601, { context: keepsTasks }),
  refused('down', { sender: 'server' })({ method: 'notifications/tasks', params: extension }, -32601),

  kept(
    'up',
    'lossless',
    call,
  )({ result: { task: core, _meta: { a: 1 } } }, state({ ...extension, resultType: 'task', _meta: { a: 1 } })),
  kept(
    'down',
    'lossless',
    call,
  )(state({ ...extension, resultType: 'task', _meta: { a: 1 } }), { result: { task: core, _meta: { a: 1 } } }),
  kept('up', 'lossless', get)({ result: { ...core, ttl: null } }, state({ ...extension, ttlMs: null })),
  kept(
    'up',
    'lossless',
    ended({ result: failedTool }),
  )({ result: { ...core, status: 'failed' } }, state({ ...extension, status: 'completed', result: failedTool })),
  kept(
    'up',
    'lossless',
    ended({ error: { code: -32603, message: 'm' } }),
  )(
    { result: { ...core, status: 'failed' } },
    state({ ...extension, status: 'failed', error: { code: -32603, message: 'm' } }),
  ),
  kept(
    'up',
    'lossless',
    ended({ inputRequests: { q: { method: 'roots/list' } } }),
  )(
    { result: { ...core, status: 'input_required' } },
    state({ ...extension, status: 'input_required', inputRequests: { q: { method: 'roots/list' } } }),
  ),
  kept(
    'down',
    'emulated',
    get,
  )(state({ ...extension, status: 'completed', result: failedTool }), { result: { ...core, status: 'failed' } }),
  kept(
    'down',
    'emulated',
    get,
  )(state({ ...extension, status: 'completed', result: { content: [] } }), {
    result: { ...core, status: 'completed' },
  }),
  kept('up', 'emulated', { method: 'tasks/cancel' })(
    { result: { ...core, status: 'cancelled' } },
    { result: complete },
  ),
  kept('up', 'lossless')(
    { method: 'notifications/tasks/status', params: core },
    { method: 'notifications/tasks', params: extension },
  ),
  kept('down', 'lossless')(
    { method: 'notifications/tasks', params: extension },
    { method: 'notifications/tasks/status', params: core },
  ),

  of(
    '2026-07-28/task-augmented',
    'up',
    'emulated',
    client,
  )(
    { method: 'tools/call', params: { name: 't', task: {} } },
    { method: 'tools/call', params: { name: 't', _meta: anonymous } },
  ),
  of('2026-07-28/task-augmented', 'up', 'emulated', { ...client, context: keepsTasks })(
    { method: 'tools/call', params: { name: 't', task: {} } },
    { method: 'tools/call', params: { name: 't', _meta: declaring } },
  ),
  of('2026-07-28/task-augmented', 'up', 'emulated', { method: 'tools/list' })(
    { result: { tools: [{ name: 't', inputSchema: { type: 'object' }, execution: {} }] } },
    {
      result: { ...complete, ttlMs: 0, cacheScope: 'private', tools: [{ name: 't', inputSchema: { type: 'object' } }] },
    },
  ),
  of('2026-07-28/task-augmented', 'up', 'lossless', { method: 'tools/list', context: keepsTasks })(
    { result: { tools: [{ name: 't', inputSchema, execution: { taskSupport: 'required' } }] } },
    {
      result: {
        ...complete,
        ttlMs: 0,
        cacheScope: 'private',
        tools: [{ name: 't', inputSchema, _meta: { 'io.scm/task-support': 'required' } }],
      },
    },
  ),
  ...['required', 'optional', 'own'].map((support) =>
    of('2026-07-28/task-augmented', 'down', 'lossless', { method: 'tools/list', context: keepsTasks })(
      state({ tools: [{ name: 't', inputSchema, _meta: { 'io.scm/task-support': support } }] }),
      {
        result: {
          tools: [
            { name: 't', inputSchema, execution: { taskSupport: support === 'required' ? 'required' : 'optional' } },
          ],
        },
      },
    ),
  ),
  of('2026-07-28/task-augmented', 'down', 'lossless', { ...client, context: { task: { ttl: 1 } } })(
    { method: 'tools/call', params: { name: 't' } },
    { method: 'tools/call', params: { name: 't', task: { ttl: 1 } } },
  ),
];
