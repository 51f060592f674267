import { expect, it } from '@jest/globals';
import { DEFAULT_WORKSPACE_ID } from '@scm/contracts';
import type { JsonObject } from '@scm/mcp-messages';
import { HookedSending } from './hooked-sending.js';
import type { Hook, MessageHooks } from './message-hooks.js';

const by = {
  actor: { kind: 'user', id: 'u', name: 'u', workspaceId: DEFAULT_WORKSPACE_ID },
  signal: new AbortController().signal,
} as const;
const logged = (data: string) => ({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data } });
const progress = { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 1, progress: 1 } };

function sendingWith(hook: Hook) {
  const sent: JsonObject[] = [];
  const hooks = { find: ({ method }: { method: string }) => (method === 'notifications/message' ? hook : undefined) };
  const sending = new HookedSending(hooks as unknown as MessageHooks, '2026-07-28', by, (message) =>
    sent.push(message),
  );
  return { sending, sent };
}

it('sends at once what no plugin waits for', () => {
  const { sending, sent } = sendingWith(async (value) => value);
  sending.send(progress);
  expect(sent).toEqual([progress]);
});

it('keeps the order, sends what plugins leave, and nothing of what they refuse', async () => {
  const { sending, sent } = sendingWith(async (value) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (value['data'] === 'bad') throw new Error('refused');
    return { ...value, data: 'masked' };
  });
  for (const message of [logged('a'), progress, logged('bad'), { ...progress, id: 7 }]) sending.send(message);
  expect(sent).toEqual([]);
  await sending.settled();
  expect(sent).toEqual([logged('masked'), progress, { ...progress, id: 7 }]);
});
