import { describe, expect, it } from '@jest/globals';
import {
  checkMirroredHeaders,
  findFault,
  findResultFault,
  judgeNotification,
  judgeRequest,
  metaKeys,
  methodIn,
  mirrorHeaders,
  tasksExtension,
  taskSubscriptionFilter,
  type TaskCreatedResult,
  type UpdateTaskRequest,
} from './index.js';

const revision = '2026-07-28';
const extensions = [tasksExtension];
const _meta = {
  [metaKeys.protocolVersion]: revision,
  [metaKeys.clientCapabilities]: { extensions: { [tasksExtension.id]: {} } },
};
const task = { taskId: 't', createdAt: '2026-01-01T00:00:00Z', lastUpdatedAt: '2026-01-01T00:00:00Z', ttlMs: null };
const request = (method: string, params: object) => ({ jsonrpc: '2.0', id: 1, method, params: { _meta, ...params } });
const result = (more: object) => ({ resultType: 'complete', ...task, ...more });

const created = { ...task, resultType: 'task', status: 'working', pollIntervalMs: 100 } satisfies TaskCreatedResult;
const update = {
  jsonrpc: '2.0',
  id: 1,
  method: 'tasks/update',
  params: { _meta, taskId: 't', inputResponses: { q: { action: 'accept' }, gone: { whatever: true } } },
} satisfies UpdateTaskRequest;

describe('the tasks extension', () => {
  it.each([request('tasks/get', { taskId: 't' }), request('tasks/cancel', { taskId: 't' }), update])(
    'has $method',
    (value) => {
      expect(judgeRequest(revision, 'client', value, extensions)).toBeUndefined();
      expect(judgeRequest(revision, 'client', value)).toMatchObject({ code: -32601 });
      expect(judgeRequest(revision, 'server', value, extensions)).toMatchObject({ code: -32601 });
      const { taskId: _, ...rest } = value.params as Record<string, unknown>;
      expect(judgeRequest(revision, 'client', { ...value, params: rest }, extensions)).toMatchObject({
        code: -32602,
        pointer: '/params/taskId',
      });
    },
  );

  it('has none of the methods that it replaced, nor any in the revision before', () => {
    for (const method of ['tasks/result', 'tasks/list']) {
      expect(judgeRequest(revision, 'client', request(method, { taskId: 't' }), extensions)).toMatchObject({
        code: -32601,
      });
    }
    expect(methodIn('2025-11-25', 'tasks/update', extensions)).toBeUndefined();
    expect(methodIn('2025-11-25', 'tasks/get', extensions)).not.toBe(tasksExtension.methods['tasks/get']);
  });

  it.each([
    [{ status: 'working' }, undefined],
    [{ status: 'input_required', inputRequests: { q: { method: 'roots/list' } } }, undefined],
    [{ status: 'completed', result: { content: [] } }, undefined],
    [{ status: 'failed', error: { code: -32603, message: 'm' } }, undefined],
    [{ status: 'cancelled', statusMessage: 'm' }, undefined],
    [{ status: 'completed' }, '/result'],
    [{ status: 'failed', error: {} }, '/error/code'],
    [{ status: 'input_required' }, '/inputRequests'],
    [{ status: 'done' }, '/status'],
    [{ status: 'working', ttlMs: 1.5 }, '/ttlMs'],
  ])('judges %j', (more, pointer) => {
    expect(findResultFault(revision, 'tasks/get', result(more), { extensions })?.pointer).toBe(pointer);
    const told = { jsonrpc: '2.0', method: 'notifications/tasks', params: { ...task, ...more } };
    const refusal = judgeNotification(revision, 'server', told, extensions);
    expect(refusal?.pointer).toBe(pointer && `/params${pointer}`);
  });

  it('lets calls of tools become tasks, and nothing else', () => {
    expect(findResultFault(revision, 'tools/call', created, { extensions })).toBeUndefined();
    expect(findResultFault(revision, 'tools/call', { resultType: 'task' }, { extensions })?.pointer).toBe('/taskId');
    expect(findResultFault(revision, 'tools/list', created, { extensions })).toBeDefined();
  });

  it('acknowledges with empty results, and is subscribed to by task', () => {
    expect(findResultFault(revision, 'tasks/cancel', { resultType: 'complete' }, { extensions })).toBeUndefined();
    expect(findFault(taskSubscriptionFilter, revision, { taskIds: ['t'] })).toBeUndefined();
    expect(findFault(taskSubscriptionFilter, revision, { taskIds: 't' })?.pointer).toBe('/taskIds');
  });

  it('mirrors the id of the task in a header', () => {
    const headers = mirrorHeaders(update);
    expect(headers).toMatchObject({ 'Mcp-Method': 'tasks/update', 'Mcp-Name': 't' });
    const sent = { 'mcp-protocol-version': revision, 'mcp-method': 'tasks/update', 'mcp-name': 'another' };
    expect(() => checkMirroredHeaders(sent, update)).toThrow(expect.objectContaining({ code: -32020 }));
  });
});
