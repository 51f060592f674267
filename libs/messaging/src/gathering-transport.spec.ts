import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { Transport } from '@nats-io/transport-node';
import { gathering } from './gathering-transport.js';

function recorded(): { transport: Transport; written: string[] } {
  const written: string[] = [];
  const inner = {
    send: (frame: Uint8Array) => written.push(Buffer.from(frame).toString()),
    close: async () => void written.push('closed'),
  };
  return { transport: gathering(inner as unknown as Transport), written };
}

const frame = (text: string) => Buffer.from(text);

it('writes what one turn of the event loop sends at once, in order', async () => {
  const { transport, written } = recorded();
  for (const text of ['a', 'b']) transport.send(frame(text));
  await Promise.resolve();
  transport.send(frame('c'));
  expect(written).toEqual([]);
  await turn();
  transport.send(frame('d'));
  await turn();
  expect(written).toEqual(['abc', 'd']);
});

it('closes after what was sent', async () => {
  const { transport, written } = recorded();
  transport.send(frame('last'));
  await transport.close();
  await turn();
  expect(written).toEqual(['last', 'closed']);
});
