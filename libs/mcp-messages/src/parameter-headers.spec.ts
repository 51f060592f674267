import { describe, expect, it } from '@jest/globals';
import { checkParameterHeaders, parameterHeadersOf, type JsonRpcRequest } from './index.js';

const schema = {
  type: 'object',
  properties: {
    region: { type: 'string', 'x-mcp-header': 'Region' },
    count: { type: 'integer', 'x-mcp-header': 'Count' },
    plain: { type: 'string' },
  },
};
const marked = parameterHeadersOf(schema);

function refusalOf(args: object | undefined, headers: Record<string, string>): number | undefined {
  const params = { name: 't', ...(args && { arguments: args }) };
  const request: JsonRpcRequest = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...params } };
  try {
    checkParameterHeaders(headers, request, marked);
    return undefined;
  } catch (error) {
    return (error as { code: number }).code;
  }
}

describe('headers of arguments', () => {
  it('are those that the schema marks', () => {
    expect([...marked]).toEqual([
      ['region', 'Mcp-Param-Region'],
      ['count', 'Mcp-Param-Count'],
    ]);
    for (const none of [undefined, {}, { properties: [] }, { properties: { a: true } }]) {
      expect(parameterHeadersOf(none).size).toBe(0);
    }
  });

  it.each<[string, object | undefined, Record<string, string>]>([
    ['the same text', { region: 'eu' }, { 'mcp-param-region': 'eu' }],
    ['the same number', { count: 3 }, { 'mcp-param-count': '3' }],
    ['base64 of what is no ASCII', { region: 'é' }, { 'mcp-param-region': '=?base64?w6k=?=' }],
    ['text that only looks like base64', { region: '=?base64?w6k=' }, { 'mcp-param-region': '=?base64?w6k=' }],
    ['neither', {}, {}],
    ['no arguments', undefined, {}],
  ])('pass with %s', (_, args, headers) => {
    expect(refusalOf(args, headers)).toBeUndefined();
  });

  it.each<[string, object | undefined, Record<string, string>]>([
    ['another text', { region: 'eu' }, { 'mcp-param-region': 'us' }],
    ['no header', { region: 'eu' }, {}],
    ['no argument', {}, { 'mcp-param-region': 'eu' }],
    ['bad base64', { region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVsbG8?=' }],
    ['foreign letters', { region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVs!!!bG8=?=' }],
  ])('are refused with %s', (_, args, headers) => {
    expect(refusalOf(args, headers)).toBe(-32_020);
  });
});
