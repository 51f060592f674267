import { expect, it } from '@jest/globals';
import { readDocument } from '../definitions/document.js';
import { attributesOf } from './attributes.js';

const documentWith = (attributes: unknown) =>
  readDocument({
    document: { dsl: '1.0.3', namespace: 'test', name: 'flow', version: '1.0.0', metadata: { scm: { attributes } } },
    do: [{ one: { set: { x: 1 } } }],
  });
const workflow = { id: 'e', startedBy: 'user:u', input: { region: 'eu', total: 7, deep: { ok: true }, list: [1] } };

it('takes what expressions give of the input, with or without ${ }', () => {
  const attributes = { region: '.region', total: '${ .total * 2 }', ok: '.deep.ok', by: '$workflow.startedBy' };
  expect(attributesOf(documentWith(attributes), workflow)).toEqual({
    region: 'eu',
    total: 14,
    ok: true,
    by: 'user:u',
  });
});

it('leaves out what is no short text, number or boolean, and what fails', () => {
  const attributes = { none: '.missing', list: '.list', long: '"x" * 300', failed: '.region + 1' };
  expect(attributesOf(documentWith(attributes), workflow)).toEqual({});
});

it('refuses a document whose attributes are no expressions, or too many', () => {
  expect(() => documentWith({ odd: '${ . | }' })).toThrow(/attributes/);
  expect(() => documentWith({ 'no name': '.x' })).toThrow();
  expect(() => documentWith(Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`a${i}`, '.x'])))).toThrow();
});
