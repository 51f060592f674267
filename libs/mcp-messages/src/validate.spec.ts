import { describe, expect, it } from '@jest/globals';
import {
  findErrorFault,
  findResultFault,
  judgeEmbeddedRequest,
  judgeNotification,
  judgeRequest,
  metaKeys,
  type Peer,
  type ProtocolRevision,
} from './index.js';

const envelope = { jsonrpc: '2.0', id: 1 };
const _meta = { [metaKeys.protocolVersion]: '2026-07-28', [metaKeys.clientCapabilities]: {} };

describe('judgeRequest', () => {
  it.each<[ProtocolRevision, Peer, object]>([
    ['2024-11-05', 'client', { method: 'tools/list' }],
    ['2024-11-05', 'server', { method: 'roots/list' }],
    ['2025-11-25', 'server', { method: 'tasks/get', params: { taskId: 't' } }],
    ['2025-11-25', 'client', { method: 'tools/call', params: { name: 't', task: { ttl: 5 }, own: 1 } }],
    ['2026-07-28', 'client', { method: 'tools/call', params: { _meta, name: 't' } }],
  ])('%s accepts of a %s %j', (revision, sender, message) => {
    expect(judgeRequest(revision, sender, { ...envelope, ...message })).toBeUndefined();
  });

  it.each<[ProtocolRevision, Peer, object, number, string]>([
    ['2024-11-05', 'client', { method: 'elicitation/create' }, -32601, '/method'],
    ['2025-06-18', 'client', { method: 'elicitation/create' }, -32601, '/method'],
    ['2026-07-28', 'client', { method: 'initialize' }, -32601, '/method'],
    ['2026-07-28', 'server', { method: 'roots/list' }, -32601, '/method'],
    ['2025-11-25', 'client', { method: 'notifications/initialized' }, -32601, '/method'],
    ['2025-11-25', 'client', { method: '__proto__' }, -32601, '/method'],
    ['2025-11-25', 'client', { method: 'toString' }, -32601, '/method'],
    ['2025-11-25', 'client', { method: 'tools/call' }, -32602, '/params'],
    ['2025-11-25', 'client', { method: 'tools/call', params: { name: 5 } }, -32602, '/params/name'],
    ['2024-11-05', 'client', { method: 'ping', params: { _meta: 5 } }, -32602, '/params/_meta'],
    ['2026-07-28', 'client', { method: 'tools/list' }, -32602, '/params'],
    ['2026-07-28', 'client', { method: 'tools/list', params: {} }, -32602, '/params/_meta'],
    ['2025-11-25', 'client', { method: 'ping', params: [] }, -32600, '/params'],
    ['2025-11-25', 'client', { method: 5 }, -32600, '/method'],
    ['2025-11-25', 'client', { method: 'ping', id: null }, -32600, '/id'],
    ['2025-11-25', 'client', { method: 'ping', jsonrpc: '1.0' }, -32600, '/jsonrpc'],
  ])('%s refuses of a %s %j', (revision, sender, message, code, pointer) => {
    expect(judgeRequest(revision, sender, { ...envelope, ...message })).toMatchObject({ code, pointer });
  });

  it.each([null, 5, [], 'ping'])('refuses %j', (value) => {
    expect(judgeRequest('2026-07-28', 'client', value)?.code).toBe(-32600);
  });
});

describe('judgeNotification', () => {
  const progress = { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 0.5 } };

  it('knows who sends it in which revision', () => {
    expect(judgeNotification('2025-11-25', 'client', progress)).toBeUndefined();
    expect(judgeNotification('2026-07-28', 'server', progress)).toBeUndefined();
    expect(judgeNotification('2026-07-28', 'client', progress)).toMatchObject({ code: -32601, pointer: '/method' });
  });
});

describe('judgeEmbeddedRequest', () => {
  it('accepts in 2026-07-28 what servers asked themselves before', () => {
    expect(judgeEmbeddedRequest('2026-07-28', { method: 'roots/list' })).toBeUndefined();
    expect(judgeEmbeddedRequest('2025-11-25', { method: 'roots/list' })?.code).toBe(-32601);
    expect(judgeEmbeddedRequest('2026-07-28', { method: 'tools/list' })?.code).toBe(-32601);
    expect(judgeEmbeddedRequest('2026-07-28', { method: 'elicitation/create', params: {} })?.code).toBe(-32602);
  });
});

describe('findResultFault', () => {
  const asks = { resultType: 'input_required', requestState: 's', inputRequests: { a: { method: 'roots/list' } } };

  it('judges a result by the method it answers', () => {
    expect(findResultFault('2025-11-25', 'tools/list', { tools: [] })).toBeUndefined();
    expect(findResultFault('2025-11-25', 'tools/list', { tools: [{}] })?.pointer).toBe('/tools/0/name');
    expect(findResultFault('2026-07-28', 'tools/list', { tools: [] })?.pointer).toBe('/resultType');
    expect(findResultFault('2024-11-05', 'nothing/known', {})?.message).toBe('answers no request of 2024-11-05');
  });

  it('lets the methods that may ask for input do so', () => {
    expect(findResultFault('2026-07-28', 'tools/call', asks)).toBeUndefined();
    expect(findResultFault('2026-07-28', 'tools/list', asks)?.message).toBe('is missing');
    const wrong = { ...asks, inputRequests: { a: { method: 'ping' } } };
    expect(findResultFault('2026-07-28', 'tools/call', wrong)?.pointer).toBe('/inputRequests/a/method');
  });

  it('keeps results of a type that an extension adds', () => {
    expect(findResultFault('2026-07-28', 'tools/call', { resultType: 'task', taskId: 't' })).toBeUndefined();
  });

  it('knows the task that answers an augmented request', () => {
    const task = { taskId: 't', status: 'working', createdAt: '', lastUpdatedAt: '', ttl: null };
    expect(findResultFault('2025-11-25', 'tools/call', { task }, { isTask: true })).toBeUndefined();
    expect(findResultFault('2025-11-25', 'tools/call', { task })?.pointer).toBe('/content');
  });
});

describe('findErrorFault', () => {
  it('lets only newer revisions leave the id out', () => {
    const error = { jsonrpc: '2.0', error: { code: -32700, message: 'no' } };
    expect(findErrorFault('2025-06-18', error)?.pointer).toBe('/id');
    expect(findErrorFault('2025-11-25', error)).toBeUndefined();
  });
});
