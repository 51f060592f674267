import { describe, expect, it } from '@jest/globals';
import { waitFor } from './wait.js';

describe('waitFor', () => {
  it('gives the first truthy thing seen', async () => {
    let looks = 0;
    expect(await waitFor(() => (++looks === 3 ? 'seen' : undefined))).toBe('seen');
    expect(looks).toBe(3);
  });

  it('takes a throwing look as not yet', async () => {
    let looks = 0;
    const look = () => {
      if (++looks < 3) throw new Error('too early');
      return looks;
    };
    expect(await waitFor(look)).toBe(3);
  });

  it('names what it waited for and why the last look failed', async () => {
    const look = () => {
      throw new Error('no such row');
    };
    await expect(waitFor(look, { timeoutMs: 30, what: 'the row' })).rejects.toThrow(
      'waited 30 ms in vain for the row: no such row',
    );
  });
});
