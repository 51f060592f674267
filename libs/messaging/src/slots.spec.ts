import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.js';

describe('slots', () => {
  it('are taken by cost, and no more are offered than seem to be free', async () => {
    const slots = new Slots(8);
    expect([slots.room, await slots.take(3), slots.room]).toEqual([8, 3, 1]);
    expect([await slots.take(1), slots.room]).toEqual([1, 4]);
    slots.release(4);
    expect([await slots.take(100), slots.room]).toEqual([8, 0]);
  });

  it('are kept for who waits first, and who comes after is sent back', async () => {
    const slots = new Slots(4);
    await slots.take(3);
    const dear = slots.take(4);
    expect([slots.room, await slots.take(1)]).toEqual([0, 0]);
    slots.release(3);
    expect([await dear, slots.room]).toEqual([4, 0]);
    slots.release(4);
    expect(slots.room).toBeGreaterThan(0);
  });

  it('that are closed send everyone away', async () => {
    const slots = new Slots(1);
    await slots.take(1);
    const [waiting, vacant] = [slots.take(1), slots.vacant()];
    slots.close();
    expect([await waiting, await slots.take(1)]).toEqual([0, 0]);
    await vacant;
  });
});
