import { describe, expect, it } from '@jest/globals';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { SharedLimit } from './shared-limit.js';

function storeOf(points: number): { store: RateLimiterMemory; asked: () => number } {
  let asked = 0;
  class Counting extends RateLimiterMemory {
    override consume(key: string, count?: number): Promise<RateLimiterRes> {
      asked++;
      return super.consume(key, count);
    }
  }
  return { store: new Counting({ points, duration: 60 }), asked: () => asked };
}

async function granted(replicas: SharedLimit[], requests: number): Promise<number> {
  const answers = await Promise.allSettled(
    Array.from({ length: requests }, async (_, i) => replicas[i % replicas.length]?.consume('someone')),
  );
  return answers.filter(({ status }) => status === 'fulfilled').length;
}

describe('a limit shared by replicas', () => {
  it('grants no more than the limit, and asks the store once a block', async () => {
    const { store, asked } = storeOf(6_000);
    expect(await granted([new SharedLimit(store, 6_000)], 7_000)).toBe(6_000);
    expect(asked()).toBeLessThan(110);
  });

  it('may leave less than a block of each replica unused', async () => {
    const { store } = storeOf(1_050);
    const replicas = [1, 2, 3].map(() => new SharedLimit(store, 1_050));
    const total = await granted(replicas, 3_000);
    expect(total).toBeLessThanOrEqual(1_050);
    expect(total).toBeGreaterThan(1_050 - 3 * 10);
  });

  it('counts a small limit point by point', async () => {
    const { store } = storeOf(20);
    expect(await granted([new SharedLimit(store, 20), new SharedLimit(store, 20)], 60)).toBe(20);
  });

  it('refuses with the time to wait', async () => {
    const { store } = storeOf(1);
    const limit = new SharedLimit(store, 1);
    await limit.consume('someone');
    await expect(limit.consume('someone')).rejects.toBeInstanceOf(RateLimiterRes);
  });
});
