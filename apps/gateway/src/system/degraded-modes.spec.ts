import { expect, it } from '@jest/globals';
import { degradedModes } from './degraded-modes.js';

const services = [
  { name: 'auth' as const, state: 'ready' },
  { name: 'notifier' as const, state: 'ready' },
];

it('names no mode when all is well', () => {
  expect(degradedModes({ postgres: 'ok', jetstream: 'ok', redis: 'ok' }, services)).toEqual([]);
});

it('names the mode of each store and each service that is away, and says nothing of what it does not know', () => {
  const stores = { jetstream: 'timed out', redis: 'memory' };
  const modes = degradedModes(stores, [
    { name: 'auth', state: 'degraded' },
    { name: 'notifier', state: 'down' },
  ]);
  expect(modes.map(({ name, of }) => [name, of])).toEqual([
    ['limits-per-replica', 'redis'],
    ['no-messages', 'jetstream'],
    ['service-away', 'notifier'],
  ]);
});
