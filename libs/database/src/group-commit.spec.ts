import { describe, expect, it } from '@jest/globals';
import { GroupCommit } from './group-commit.js';

describe('a group commit', () => {
  it('writes at once what came in one turn, and together what came meanwhile', async () => {
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
    const first = Promise.all([1, 2].map((item) => commits.add(item)));
    await new Promise(setImmediate);
    expect(batches).toEqual([[1, 2]]);
    const others = Promise.all([3, 4, 5, 6].map((item) => commits.add(item)));
    while (gates.length > 0 || batches.flat().length < 6) {
      gates.shift()?.();
      await new Promise(setImmediate);
    }
    expect([...(await first), ...(await others)]).toEqual([10, 20, 30, 40, 50, 60]);
    expect(batches).toEqual([[1, 2], [3, 4, 5], [6]]);
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
