import { describe, expect, it } from '@jest/globals';
import { climb, NotAvailable } from './ladder.mjs';

describe('climb', () => {
  it('gives the first find with the name of its step, and tries no further', async () => {
    const tried: string[] = [];
    const step = (name: string, find?: object) => [
      name,
      async () => {
        tried.push(name);
        return find;
      },
    ];
    const find = await climb('a server', [step('PATH'), step('cache', { command: '/x' }), step('apt', {})], []);
    expect(find).toEqual({ command: '/x', from: 'cache' });
    expect(tried).toEqual(['PATH', 'cache']);
  });

  it('goes on after a step that throws', async () => {
    const fails = async () => {
      throw new Error('is version 2.9.10');
    };
    const find = await climb(
      'a server',
      [
        ['PATH', fails],
        ['apt', async () => ({ version: '2.10.27' })],
      ],
      [],
    );
    expect(find).toEqual({ version: '2.10.27', from: 'apt' });
  });

  it('lists every step with its reason and every fix when nothing is left', async () => {
    const fails = async () => {
      throw new Error('this system has no apt');
    };
    const climbing = climb(
      'redis-server',
      [
        ['PATH', async () => undefined],
        ['apt', fails],
      ],
      ['set SCM_REDIS_URL'],
    );
    await expect(climbing).rejects.toThrow(NotAvailable);
    await expect(climbing).rejects.toThrow(
      'redis-server is not available.\n  tried: PATH: not found\n         apt: this system has no apt\n  fix:   set SCM_REDIS_URL',
    );
  });
});
