import { describe, expect, it } from '@jest/globals';
import { GroupCommit } from './group-commit.js';

describe('a group commit', () => {
  it('writes at once when idle, and together what came meanwhile', async () => {
    const batches: number[][] = [];
    const gates: (() => void)[] = [];
    const commits = new GroupCommit<number, number>(
      async (items) => {
        batches.push(items);
        await new Promise<void>((resolve) => gates.push(resolve));
        return items.map((item) => item * 10);
      },
      { lanes: 1, maxBatch: 3 },
    );
    const results = Promise.all([1, 2, 3, 4, 5].map((item) => commits.add(item)));
    expect(batches).toEqual([[1]]);
    while (gates.length > 0 || batches.flat().length < 5) {
      gates.shift()?.();
      await new Promise(setImmediate);
    }
    expect(await results).toEqual([10, 20, 30, 40, 50]);
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('does not fail the others for one item that is refused', async () => {
    const commits = new GroupCommit<string, string>(
      async (items) => {
        if (items.includes('bad')) throw Object.assign(new Error('refused'), { code: '22P05' });
        return items;
      },
      { lanes: 1, maxBatch: 10 },
    );
    const results = await Promise.allSettled(['first', 'a', 'bad', 'b'].map((item) => commits.add(item)));
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  });

  it('tells all when the database is away, and goes on after', async () => {
    let away = true;
    const commits = new GroupCommit<number, number>(
      async (items) => {
        if (away) throw new Error('no connection');
        return items;
      },
      { lanes: 2, maxBatch: 10 },
    );
    const failed = await Promise.allSettled([1, 2, 3].map((item) => commits.add(item)));
    expect(failed.every((r) => r.status === 'rejected')).toBe(true);
    away = false;
    expect(await commits.add(4)).toBe(4);
  });
});
