import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as FirstClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as FirstTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { startWholeMesh, type WholeMesh } from './whole-mesh.js';

const main = join(import.meta.dirname, '../../apps/cli/bin/scm.js');

let scm: WholeMesh;
let env: Record<string, string>;

beforeAll(async () => {
  scm = await startWholeMesh();
  env = { SCM_URL: scm.url, SCM_API_KEY: await scm.login(), PATH: process.env['PATH'] ?? '' };
}, 60_000);

afterAll(() => scm?.stop(), 30_000);

const command = { command: process.execPath, args: [main, 'mcp', 'stdio'] };

describe('scm mcp stdio', () => {
  it.each(['legacy', '2026-07-28'])('serves clients of the official SDK, %s', async (mode) => {
    const versionNegotiation = { mode: mode === 'legacy' ? mode : { pin: mode } } as const;
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation });
    await client.connect(new StdioClientTransport({ ...command, env }));
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain('system_overview');
    const result = await client.callTool({ name: 'system_overview', arguments: {} });
    expect(result.isError).toBeFalsy();
    await expect(client.callTool({ name: 'no_such_tool', arguments: {} })).rejects.toThrow(/no_such_tool/);
    await client.close();
  });

  it('serves clients of its first generation', async () => {
    const client = new FirstClient({ name: 'test', version: '1' });
    await client.connect(new FirstTransport({ ...command, env }));
    expect((await client.listTools()).tools.length).toBeGreaterThanOrEqual(6);
    await client.close();
  });

  it('answers what is no JSON, says why when it is refused, and ends with its input', async () => {
    const child = spawn(process.execPath, [...command.args], { env: { ...env, SCM_API_KEY: 'wrong' } });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value as string) as unknown;
    child.stdin.write('no json\n');
    expect(await next()).toMatchObject({ id: null, error: { code: -32_700 } });
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n');
    expect(await next()).toMatchObject({
      id: 1,
      error: { code: -32_000, message: expect.stringContaining('UNAUTHENTICATED') },
    });
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('answers all that it was sent before its input ended', async () => {
    const child = spawn(process.execPath, [...command.args], { env });
    const answered = new Set<unknown>();
    createInterface({ input: child.stdout }).on('line', (line) =>
      answered.add((JSON.parse(line) as { id: unknown }).id),
    );
    const params = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
    const ids = Array.from({ length: 100 }, (_, i) => i + 1);
    for (const id of ids)
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/list', params })}\n`);
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(answered).toEqual(new Set(ids));
  });
});
