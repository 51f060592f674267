import { describe, expect, it } from '@jest/globals';
import { supervise } from './supervise.mjs';

/** A process that ends at once whenever it runs, and whose second start fails. */
function shaky(stopAfter: number, stop: AbortController) {
  const startedMs: number[] = [];
  const name = 'shaky';
  const restart = async () => {
    startedMs.push(performance.now());
    if (startedMs.length === stopAfter) stop.abort();
    if (startedMs.length === 2) throw new Error('port taken');
  };
  return { name, pid: 1, startedMs, ended: async () => undefined, restart };
}

describe('supervise', () => {
  it('starts again after waits that double, also after a start that failed, until it is told to stop', async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    const supervised = shaky(3, stop);
    await supervise(supervised, { signal: stop.signal, log: (line: string) => lines.push(line) });
    const [first = 0, second = 0, third = 0] = supervised.startedMs;
    expect(supervised.startedMs).toHaveLength(3);
    expect(second - first).toBeGreaterThanOrEqual(499);
    expect(third - second).toBeGreaterThanOrEqual(999);
    expect(lines).toContain('shaky did not start: port taken');
    expect(lines).toContain('shaky ended, starting it again in 1000 ms');
  });

  it('ends without a start when the stop comes during a wait', async () => {
    const stop = new AbortController();
    const supervised = shaky(1, stop);
    await supervise(supervised, { signal: stop.signal, log: () => stop.abort() });
    expect(supervised.startedMs).toEqual([]);
  });
});
