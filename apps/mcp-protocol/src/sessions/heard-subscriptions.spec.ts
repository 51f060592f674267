import { expect, it } from '@jest/globals';
import { HeardSubscriptions } from './heard-subscriptions.js';
import type { SessionBus } from './session.bus.js';

type Hear = (session: string, message: Record<string, unknown>) => void;

/** What replicas would say. */
function replicas(): { heard: HeardSubscriptions; say: Hear } {
  let hear: Hear = () => undefined;
  const heard = new HeardSubscriptions({ on: (_: string, by: Hear) => (hear = by) } as unknown as SessionBus);
  return { heard, say: (session, message) => hear(session, message) };
}

it('answers a subscription when whoever listens does so for the resource', async () => {
  const { heard, say } = replicas();
  const order: string[] = [];
  const answered = heard.after('s', 'a', async () => void order.push('stored')).then(() => order.push('answered'));
  say('s', {});
  say('s', { uris: ['b'] });
  say('another', { uris: ['a'] });
  await new Promise(setImmediate);
  order.push('listening');
  say('s', { uris: ['b', 'a'] });
  await answered;
  expect(order).toEqual(['stored', 'listening', 'answered']);
});

it('answers when nobody listens', async () => {
  const { heard } = replicas();
  await expect(heard.after('s', 'a', async () => undefined)).resolves.toBeUndefined();
});

it('passes on why it could not be stored', async () => {
  const failing = async () => Promise.reject(new Error('no'));
  await expect(replicas().heard.after('s', 'a', failing)).rejects.toThrow('no');
});
