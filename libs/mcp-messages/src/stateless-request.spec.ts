import { describe, expect, it } from '@jest/globals';
import {
  checkMirroredHeaders,
  hasRequestMeta,
  metaKeys,
  mirrorHeaders,
  readRequestMeta,
  type JsonRpcRequest,
} from './index.js';

const meta = {
  [metaKeys.protocolVersion]: '2026-07-28',
  [metaKeys.clientCapabilities]: {},
  [metaKeys.clientInfo]: { name: 'c', version: '1' },
};
const call = (name: string, changes: object = {}): JsonRpcRequest => ({
  jsonrpc: '2.0',
  id: 7,
  method: 'tools/call',
  params: { _meta: { ...meta, ...changes }, name },
});
const lower = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function refusal(check: () => unknown): unknown {
  try {
    check();
  } catch (error) {
    return error;
  }
  throw new Error('It was accepted');
}

describe('readRequestMeta', () => {
  it('returns what the request says of its sender', () => {
    expect(readRequestMeta(call('t', { progressToken: 3, 'com.example/tag': 'x' }))).toMatchObject({
      ...meta,
      progressToken: 3,
    });
  });

  it.each<[string, object]>([
    [metaKeys.protocolVersion, { [metaKeys.protocolVersion]: undefined }],
    [metaKeys.clientCapabilities, { [metaKeys.clientCapabilities]: undefined }],
    [metaKeys.clientCapabilities, { [metaKeys.clientCapabilities]: [] }],
    [metaKeys.clientInfo, { [metaKeys.clientInfo]: { name: 'c' } }],
    [metaKeys.logLevel, { [metaKeys.logLevel]: 'loud' }],
    ['progressToken', { progressToken: 1.5 }],
  ])('refuses a wrong or missing %s', (key, changes) => {
    expect(refusal(() => readRequestMeta(call('t', changes)))).toMatchObject({
      code: -32602,
      requestId: 7,
      message: expect.stringContaining(key) as unknown,
    });
  });

  it('refuses a request without _meta', () => {
    expect(() => readRequestMeta({ jsonrpc: '2.0', id: 7, method: 'ping' })).toThrow('params._meta is missing');
  });

  it('lists the revisions that are served to a client that asks for another', () => {
    const other = call('t', { [metaKeys.protocolVersion]: '2030-01-01' });
    expect(refusal(() => readRequestMeta(other, ['2026-07-28']))).toMatchObject({
      code: -32022,
      data: { supported: ['2026-07-28'], requested: '2030-01-01' },
    });
  });

  it('tells the eras apart', () => {
    expect(hasRequestMeta(call('t'))).toBe(true);
    expect(
      hasRequestMeta({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { _meta: { progressToken: 1 } } }),
    ).toBe(false);
  });
});

describe('mirrored headers', () => {
  it.each(['get_weather', 'wetter_münchen', ' padded ', '=?base64?eA==?=', 'line\nbreak', ''])(
    'survive the name %j',
    (name) => {
      const headers = mirrorHeaders(call(name));
      expect(Object.values(headers).every((value) => /^[\x20-\x7e]*$/.test(value))).toBe(true);
      expect(() => checkMirroredHeaders(lower(headers), call(name))).not.toThrow();
    },
  );

  it('name the address of a resource, and nothing where nothing is named', () => {
    const read = { jsonrpc: '2.0', id: 1, method: 'resources/read', params: { _meta: meta, uri: 'scm://x' } } as const;
    expect(mirrorHeaders(read)).toEqual({
      'MCP-Protocol-Version': '2026-07-28',
      'Mcp-Method': 'resources/read',
      'Mcp-Name': 'scm://x',
    });
    expect(mirrorHeaders({ ...read, method: 'tools/list' })).not.toHaveProperty('Mcp-Name');
    expect(mirrorHeaders({ ...read, method: 'constructor' })).not.toHaveProperty('Mcp-Name');
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['a missing revision', { 'mcp-protocol-version': undefined }],
    ['another revision', { 'mcp-protocol-version': '2025-11-25' }],
    ['a missing method', { 'mcp-method': undefined }],
    ['another method', { 'mcp-method': 'tools/list' }],
    ['a method in another case', { 'mcp-method': 'Tools/Call' }],
    ['a missing name', { 'mcp-name': undefined }],
    ['another name', { 'mcp-name': 'delete_all' }],
    ['two names', { 'mcp-name': 'get_weather, delete_all' }],
    ['broken base64', { 'mcp-name': '=?base64?Z2V0X3dlYXRoZXI?=' }],
    ['another base64 alphabet', { 'mcp-name': '=?base64?_-8=?=' }],
  ])('refuse %s', (_fault, changes) => {
    const request = call('get_weather');
    const headers = { ...lower(mirrorHeaders(request)), ...changes };
    expect(refusal(() => checkMirroredHeaders(headers, request))).toMatchObject({ code: -32020, requestId: 7 });
  });
});
