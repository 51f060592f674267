import { describe, expect, it } from '@jest/globals';
import { translate, type TranslationOptions } from './index.js';

const complete = { resultType: 'complete', ttlMs: 5, cacheScope: 'public' } as const;

const down = (to: TranslationOptions['to'], method: string): TranslationOptions => ({
  from: '2026-07-28',
  to,
  sender: 'server',
  method,
});

describe('translate', () => {
  const tool = {
    name: 't',
    title: 'T',
    inputSchema: { type: 'object' },
    outputSchema: { type: 'array' },
    icons: [{ src: 'https://x.test/i.png' }],
    'x-vendor': 1,
  };
  const list = { result: { ...complete, tools: [tool, { name: 'u', inputSchema: { type: 'object' } }] } };

  it('folds the steps between two revisions', () => {
    const { message, applied } = translate(list, down('2025-03-26', 'tools/list'));
    expect(message.result).toEqual({
      tools: [
        { name: 't', inputSchema: { type: 'object' }, annotations: { title: 'T' }, 'x-vendor': 1 },
        { name: 'u', inputSchema: { type: 'object' } },
      ],
    });
    expect(applied).toEqual([
      { rule: '2026-07-28/result-type', direction: 'down', class: 'lossless' },
      { rule: '2026-07-28/cache-hints', direction: 'down', class: 'lossless' },
      { rule: '2026-07-28/output-schema-root', direction: 'down', class: 'emulated' },
      { rule: '2025-11-25/icons', direction: 'down', class: 'lossy' },
      { rule: '2025-06-18/output-schema', direction: 'down', class: 'lossy' },
      { rule: '2025-06-18/tool-title', direction: 'down', class: 'emulated' },
    ]);
  });

  it('mutates nothing', () => {
    const before = structuredClone(list);
    translate(list, down('2024-11-05', 'tools/list'));
    expect(list).toEqual(before);
  });

  it('gives the message itself where nothing has to change', () => {
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 't' } };
    for (const to of ['2024-11-05', '2025-06-18'] as const) {
      expect(translate(call, { from: '2025-11-25', to, sender: 'client' }).message).toBe(call);
    }
  });

  it('keeps the envelope, and members nobody knows', () => {
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 't', extra: 1 }, more: true };
    const { message } = translate(call, { from: '2025-06-18', to: '2026-07-28', sender: 'client' });
    expect(message).toMatchObject({ jsonrpc: '2.0', id: 1, params: { name: 't', extra: 1 }, more: true });
  });

  it('leaves methods of extensions alone but for what all messages have', () => {
    const call = { method: 'x.test/do', params: { a: 1 } };
    const { message } = translate(call, { from: '2025-11-25', to: '2026-07-28', sender: 'client' });
    expect(message.params).toMatchObject({ a: 1, _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } });
    expect(translate(message, { from: '2026-07-28', to: '2025-11-25', sender: 'client' }).message).toEqual(call);
  });

  it('goes on with a result where an error became one', () => {
    const error = { code: -32601, message: 'no' };
    const { message } = translate(
      { jsonrpc: '2.0', id: 1, error },
      { from: '2024-11-05', to: '2026-07-28', sender: 'server', method: 'completion/complete' },
    );
    expect(message).toEqual({ jsonrpc: '2.0', id: 1, result: { resultType: 'complete', completion: { values: [] } } });
  });
});

it('reads the schemas of servers only so deep', () => {
  const deep = JSON.parse(`${'{"items":'.repeat(5_000)}{}${'}'.repeat(5_000)}`) as Record<string, unknown>;
  const given = {
    result: { ...complete, tools: [{ name: 't', inputSchema: { type: 'object' }, outputSchema: deep }] },
  };
  const { message } = translate(given, down('2025-11-25', 'tools/list'));
  expect(message.result.tools).toHaveLength(1);
});
