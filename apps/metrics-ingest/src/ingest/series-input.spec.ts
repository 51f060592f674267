import { expect, it } from '@jest/globals';
import { readSeries, Refusals } from './series-input.js';

const window = { oldestMs: 1_000, newestMs: 2_000 };
const read = (...inputs: unknown[]) => {
  const refusals = new Refusals();
  return { accepted: readSeries(inputs, window, refusals), refusals };
};
const good = { labels: { __name__: 'm' }, samples: [[1_500, 1]] };

it.each([
  ['null', null, 'series.1'],
  ['a text', 'x', 'series.1'],
  ['no labels', { samples: [[1_500, 1]] }, 'series.1.labels'],
  ['a list of labels', { ...good, labels: [] }, 'series.1.labels'],
  ['no name', { ...good, labels: {} }, 'series.1.labels.__name__'],
  ['a wrong name', { ...good, labels: { __name__: 'a-b' } }, 'series.1.labels.__name__'],
  ['too long a name', { ...good, labels: { __name__: 'a'.repeat(1_025) } }, 'series.1.labels.__name__'],
  ['a wrong label name', { ...good, labels: { __name__: 'm', 'a:b': 'x' } }, 'series.1.labels'],
  ['too long a value', { ...good, labels: { __name__: 'm', a: 'é'.repeat(2_049) } }, 'series.1.labels.a'],
  ['NUL', { ...good, labels: { __name__: 'm', a: '\0' } }, 'series.1.labels.a'],
  ['half a pair', { ...good, labels: { __name__: 'm', a: '\ud800' } }, 'series.1.labels.a'],
  ['a number as a label', { ...good, labels: { __name__: 'm', a: 1 } }, 'series.1.labels.a'],
  [
    'too many labels',
    { ...good, labels: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`l${i}`, 'x'])) },
    'series.1.labels',
  ],
  ['no samples', { labels: { __name__: 'm' } }, 'series.1.samples'],
  ['a short sample', { ...good, samples: [[1_500]] }, 'series.1.samples.0'],
  ['a long sample', { ...good, samples: [[1_500, 1, 2]] }, 'series.1.samples.0'],
  ['a text as time', { ...good, samples: [['1500', 1]] }, 'series.1.samples.0'],
  ['half a millisecond', { ...good, samples: [[1_500.5, 1]] }, 'series.1.samples.0'],
  ['no value', { ...good, samples: [[1_500, null]] }, 'series.1.samples.0'],
  ['infinity', { ...good, samples: [[1_500, Infinity]] }, 'series.1.samples.0'],
  ['too old', { ...good, samples: [[999, 1]] }, 'series.1.samples.0'],
  ['too new', { ...good, samples: [[2_001, 1]] }, 'series.1.samples.0'],
])('refuses %s and keeps the rest', (_, bad, path) => {
  const { accepted, refusals } = read(good, bad, good);
  expect(accepted.map(({ index }) => index)).toEqual([0, 2]);
  expect(refusals).toMatchObject({ rejected: 1, errors: [{ path }] });
});

it('takes an empty value for no label, and any name of an object’s own', () => {
  const { accepted } = read({ ...good, labels: { __name__: 'm', a: '', constructor: 'x' } });
  expect(accepted[0]?.labels).toEqual({ __name__: 'm', constructor: 'x' });
});

it('counts all and shows twenty', () => {
  const { refusals } = read({ ...good, samples: Array.from({ length: 50 }, () => 0) });
  expect([refusals.rejected, refusals.errors.length]).toEqual([50, 20]);
});
