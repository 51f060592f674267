import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { SecretBox } from '@scm/service';
import { contentOf, envelopeOf } from './envelope.js';

const box = new SecretBox(randomBytes(32));

it('gives back what was sealed, in its place alone', () => {
  const value = { text: 'größer 😀', list: [1, null] };
  const sealed = envelopeOf(box, JSON.stringify(value), 'executions/1');
  expect(contentOf(box, sealed, 'executions/1')).toEqual(value);
  expect(() => contentOf(box, sealed, 'executions/2')).toThrow();
  expect(() => contentOf(new SecretBox(randomBytes(32)), sealed, 'executions/1')).toThrow();
});

it('takes less room for what repeats itself, and hardly more for what does not', () => {
  const repeated = 'the same '.repeat(1_000);
  const random = randomBytes(9_000).toString('base64');
  expect(envelopeOf(box, JSON.stringify(repeated), 'p').length).toBeLessThan(500);
  expect(envelopeOf(box, JSON.stringify(random), 'p').length).toBeLessThan(random.length * 1.4);
  for (const value of [repeated, random])
    expect(contentOf(box, envelopeOf(box, JSON.stringify(value), 'p'), 'p')).toBe(value);
});

it('leaves what was never sealed as it is, and refuses a form it does not know', () => {
  expect(contentOf(box, { plain: true }, 'p')).toEqual({ plain: true });
  const odd = Buffer.concat([Buffer.of(9), box.sealBytes('{}', 'p')]).toString('base64');
  expect(() => contentOf(box, odd, 'p')).toThrow(/unknown form/);
});
