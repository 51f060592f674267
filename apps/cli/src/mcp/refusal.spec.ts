import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { INVALID_REQUEST, REFUSED } from './message.js';
import { refusalOf } from './refusal.js';

const server = createServer((socket) => socket.destroy());
let url: string;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => void server.close());

async function failure(headers: Record<string, string>): Promise<unknown> {
  return fetch(url, { headers }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

it.each(['snow ☃', 'bell \u0007', 'escape \u001b[20C'])(
  'refuses the sender of what no header can hold: %j',
  async (name) => {
    expect(refusalOf(await failure({ 'mcp-name': name }))).toEqual({
      code: INVALID_REQUEST,
      message: 'cannot be sent over HTTP',
    });
  },
);

it('names what keeps the gateway from being reached, as no bug', async () => {
  const { code, message } = refusalOf(await failure({}));
  expect([code, message]).toEqual([REFUSED, expect.stringMatching(/^UNAVAILABLE: ./)]);
});
