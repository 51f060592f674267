import { describe, expect, it } from '@jest/globals';
import { ServiceError } from '@scm/contracts';
import type { EgressRequest, EgressResponse } from '@scm/egress';
import { callMcp } from './mcp.call.js';

interface Message {
  id?: number;
  method: string;
  params?: { protocolVersion?: string };
}

const json = (status: number, body: unknown): EgressResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(body)),
  truncated: false,
});

/** A server that greets, and answers requests as `reply` says. */
function callOf(reply: (message: Message) => EgressResponse, greets = true): Promise<unknown> {
  const send = async ({ method, body }: EgressRequest): Promise<EgressResponse> => {
    if (method !== 'POST') return json(405, {});
    const message = JSON.parse(new TextDecoder().decode(body as Uint8Array)) as Message;
    if (message.id === undefined) return json(202, {});
    if (message.method !== 'initialize' || !greets) return reply(message);
    const { protocolVersion } = message.params ?? {};
    const result = { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } };
    return json(200, { jsonrpc: '2.0', id: message.id, result });
  };
  const args = {
    method: 'tools/call',
    parameters: { name: 'weather' },
    transport: { http: { endpoint: 'https://tools.example/mcp' } },
  };
  const compute = () => Promise.reject(new Error('nothing is computed'));
  return callMcp(args, { egress: { send }, input: {}, key: 'k', signal: new AbortController().signal, compute });
}

describe('a call of a tool', () => {
  it('gives what the tool gives, also that it failed', async () => {
    const result = { content: [{ type: 'text', text: 'no such city' }], isError: true };
    expect(await callOf(({ id }) => json(200, { jsonrpc: '2.0', id, result }))).toMatchObject(result);
  });

  it('that the server refuses is not tried again', async () => {
    const error = { code: -32602, message: 'unknown tool' };
    const problem = { type: expect.stringMatching(/communication$/), status: 502, retryable: false };
    await expect(callOf(({ id }) => json(200, { jsonrpc: '2.0', id, error }))).rejects.toMatchObject({ problem });
  });

  it.each([
    [404, false],
    [503, true],
  ])('answered with status %i fails with it', async (status, retryable) => {
    await expect(callOf(() => json(status, {}), false)).rejects.toMatchObject({ problem: { status, retryable } });
  });

  it('that cannot leave fails as it was refused', async () => {
    const refused = new ServiceError('INVALID_ARGUMENT', 'the address is private');
    const leaving = callOf(() => {
      throw refused;
    }, false);
    await expect(leaving).rejects.toBe(refused);
  });
});
