import { describe, expect, it } from '@jest/globals';
import { parseMessage, parseText, ProtocolError, type ProtocolRevision } from './index.js';

const request = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { cursor: 'x' } };
const notification = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };

function refusal(read: () => unknown): Partial<ProtocolError> {
  try {
    read();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
  }
  throw new Error('It was accepted');
}

describe('parseMessage', () => {
  it.each([
    ['request', request],
    ['request', { jsonrpc: '2.0', id: 'a', method: 'ping' }],
    ['notification', notification],
    ['result', { jsonrpc: '2.0', id: 1, result: {} }],
    ['error', { jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'no', data: { a: 1 } } }],
    ['error', { jsonrpc: '2.0', error: { code: -32700, message: 'no' } }],
  ])('reads a %s', (kind, message) => {
    expect(parseMessage(message)).toEqual({ kind, message });
  });

  it('reads the null id with which JSON-RPC answers what it could not read', () => {
    const message = { jsonrpc: '2.0', error: { code: -32700, message: 'no' } };
    expect(parseMessage({ ...message, id: null })).toEqual({ kind: 'error', message });
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a text', 'ping'],
    ['an empty object', {}],
    ['no version', { id: 1, method: 'ping' }],
    ['another version', { ...request, jsonrpc: '1.0' }],
    ['a version as number', { ...request, jsonrpc: 2 }],
    ['neither method, result nor error', { jsonrpc: '2.0', id: 1 }],
    ['an empty method', { ...request, method: '' }],
    ['a method that is no text', { ...request, method: 5 }],
    ['params as array', { ...request, params: [1] }],
    ['params as null', { ...request, params: null }],
    ['a null id', { ...request, id: null }],
    ['a fraction as id', { ...request, id: 1.5 }],
    ['an id too large to be exact', { ...request, id: 2 ** 53 }],
    ['an object as id', { ...request, id: {} }],
    ['a boolean as id', { ...request, id: true }],
    ['an unknown member', { ...request, extra: 1 }],
    ['both method and result', { ...request, result: {} }],
    ['both result and error', { jsonrpc: '2.0', id: 1, result: {}, error: { code: 1, message: '' } }],
    ['a result without id', { jsonrpc: '2.0', result: {} }],
    ['a result that is no object', { jsonrpc: '2.0', id: 1, result: [] }],
    ['an error that is a text', { jsonrpc: '2.0', id: 1, error: 'no' }],
    ['an error code that is no integer', { jsonrpc: '2.0', id: 1, error: { code: '1', message: 'no' } }],
    ['an error without message', { jsonrpc: '2.0', id: 1, error: { code: 1 } }],
    ['an error with an unknown member', { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no', stack: '' } }],
  ])('refuses %s', (_fault, value) => {
    expect(refusal(() => parseMessage(value)).code).toBe(-32600);
  });

  it('names the request it refuses, where it could read that much', () => {
    const error = refusal(() => parseMessage({ ...request, params: [1] })) as ProtocolError;
    expect(error.toResponse()).toEqual({
      jsonrpc: '2.0',
      id: 1,
      error: { code: -32600, message: 'params must be an object' },
    });
    const nameless = refusal(() => parseMessage({ ...request, id: {} })) as ProtocolError;
    expect(nameless.toResponse()).not.toHaveProperty('id');
  });
});

describe('a batch', () => {
  it('is read in the one revision that has it', () => {
    expect(parseMessage([request, notification], '2025-03-26')).toMatchObject({
      kind: 'batch',
      items: [{ kind: 'request' }, { kind: 'notification' }],
    });
  });

  it.each<ProtocolRevision>(['2024-11-05', '2025-06-18', '2025-11-25', '2026-07-28'])(
    'is refused in %s',
    (revision) => {
      expect(refusal(() => parseMessage([request], revision)).code).toBe(-32600);
    },
  );

  it.each<[string, unknown[]]>([
    ['is empty', []],
    ['is too long', Array.from({ length: 101 }, () => notification)],
    ['holds a batch', [[request]]],
    ['holds something invalid', [request, 1]],
    ['holds initialize', [{ ...request, method: 'initialize' }]],
  ])('is refused when it %s', (_fault, values) => {
    expect(refusal(() => parseMessage(values, '2025-03-26')).code).toBe(-32600);
  });
});

describe('parseText', () => {
  it('reads a message', () => {
    expect(parseText(JSON.stringify(request)).kind).toBe('request');
  });

  it.each(['', '{', 'NaN', '{"a":1}{}', '\uFEFF{}'])('says of %j that it is not JSON', (text) => {
    expect(refusal(() => parseText(text)).code).toBe(-32700);
  });

  it('keeps __proto__ an ordinary parameter', () => {
    const parsed = parseText('{"jsonrpc":"2.0","id":1,"method":"m","params":{"__proto__":{"admin":true}}}');
    expect((parsed as { message: { params: { admin?: boolean } } }).message.params.admin).toBeUndefined();
  });
});
