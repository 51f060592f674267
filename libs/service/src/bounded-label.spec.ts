import { expect, it } from '@jest/globals';
import { boundedLabel } from './bounded-label.js';

it('has no more values than it may, and keeps those it had', () => {
  const label = boundedLabel(2);
  expect(['a', 'b', 'c', 'a', 'd'].map(label)).toEqual(['a', 'b', 'other', 'a', 'other']);
});
