import { describe, expect, it } from '@jest/globals';
import { MetricsConfig } from '../config.js';
import { blockOf } from '../testing/block.js';
import { Head } from './head.js';
import { keyOf } from './labels.js';

const MINUTE = 60_000;
const make = (settings: Partial<MetricsConfig> = {}) => new Head(Object.assign(new MetricsConfig(), settings));
const labels = { __name__: 'm', a: 'x' };

describe('the head', () => {
  it('knows the samples of registered series, and which of them changed', () => {
    const head = make();
    const now = Date.now();
    head.register('w', 1, labels);
    head.add('w', blockOf([1, now, 5], [2, now, 6]));
    expect(head.find('w', keyOf({ a: 'x', __name__: 'm' }))?.samples.last()).toEqual({ time: now, value: 5 });
    expect([...head.series('w', 'm')]).toHaveLength(1);
    expect([...head.series('w', 'n'), ...head.series('v')]).toEqual([]);
    expect(head.takeChanged().map(([workspaceId, changed]) => [workspaceId, changed.length])).toEqual([['w', 1]]);
    expect(head.takeChanged()).toEqual([]);
  });

  it('forgets what is too old, samples and series', () => {
    const head = make({ headMinutes: 1 });
    const now = Date.now();
    head.register('w', 1, labels);
    head.add('w', blockOf([1, now - 2 * MINUTE, 1], [1, now - 60 * MINUTE, 1]));
    expect(head.find('w', keyOf(labels))?.samples.length).toBe(1);
    head.evict(now + 6 * MINUTE);
    expect(head.find('w', keyOf(labels))?.samples.length).toBe(0);
    head.evict(now + 8 * MINUTE);
    expect([head.activeSeries('w'), head.bytes]).toEqual([0, 0]);
  });

  it('keeps fewer minutes when memory is short, but never less than rules look at', () => {
    const head = make({ headMaxMib: 8 });
    const now = Date.now();
    for (let id = 0; id < 400; id++) {
      head.register('w', id, { __name__: 'm', id: String(id) });
      head.add('w', blockOf(...Array.from({ length: 3_600 }, (_, i) => [id, now - (3_599 - i) * 1_000, i] as const)));
    }
    expect(head.isFull).toBe(true);
    head.evict(now);
    expect(head.isFull).toBe(false);
    expect(head.startMs).toBeGreaterThan(now - 60 * MINUTE);
    expect(head.startMs).toBeLessThanOrEqual(now - 6 * MINUTE);
  });
});
