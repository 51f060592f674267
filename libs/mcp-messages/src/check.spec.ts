import { describe, expect, it } from '@jest/globals';
import { accepts, callToolResult, clientCapabilities, findFault, formSchema, tool } from './index.js';
import { sessionMeta } from './meta.js';

const content = (...blocks: unknown[]): unknown => ({ resultType: 'complete', content: blocks });

describe('findFault', () => {
  it.each<[string, unknown, string, string]>([
    ['what is missing', { content: [] }, '/resultType', 'is missing'],
    ['what is wrong', { ...(content() as object), isError: 'no' }, '/isError', 'must be true or false'],
    ['a value that is no object', null, '', 'must be an object'],
    ['what is no array', { resultType: 'complete', content: {} }, '/content', 'must be an array'],
    ['the form that was meant', content({ type: 'text', text: 5 }), '/content/0/text', 'must be a text'],
    ['what that form lacks', content({ type: 'image', data: '' }), '/content/0/mimeType', 'is missing'],
    ['the second of two', content({ type: 'text', text: '' }, 1), '/content/1', 'must be an object'],
    ['an unknown form', content({ type: 'video' }), '/content/0/type', 'is none of the known forms'],
    ['no form at all', content({}), '/content/0/type', 'is none of the known forms'],
  ])('points at %s', (_what, value, pointer, message) => {
    expect(findFault(callToolResult, '2026-07-28', value)).toEqual({ pointer, message });
  });

  it('escapes the keys it points with', () => {
    const schema = { type: 'object', properties: { 'a/b~c': { type: 'boolean', default: 1 } } };
    expect(findFault(formSchema, '2025-11-25', schema)?.pointer).toBe('/properties/a~1b~0c/default');
  });

  it('judges a member only in the revisions that know it', () => {
    const described = { name: 't', inputSchema: { type: 'object' }, title: 5 };
    expect(accepts(tool, '2025-03-26', described)).toBe(true);
    expect(findFault(tool, '2025-06-18', described)?.pointer).toBe('/title');
    expect(accepts(clientCapabilities, '2026-07-28', { tasks: 5 })).toBe(true);
    expect(accepts(clientCapabilities, '2025-11-25', { tasks: 5 })).toBe(false);
  });

  it('leaves what it judges as it is, unknown members too', () => {
    const value = Object.freeze({ type: 'object', 'x-own': Object.freeze([1]) });
    expect(accepts(formSchema, '2026-07-28', { ...value, properties: {} })).toBe(true);
    expect(value).toEqual({ type: 'object', 'x-own': [1] });
  });

  it('refuses numbers that could not be sent back as they came', () => {
    expect(accepts(sessionMeta, '2025-11-25', { progressToken: 2 ** 53 - 1 })).toBe(true);
    expect(accepts(sessionMeta, '2025-11-25', { progressToken: 2 ** 53 })).toBe(false);
  });
});

describe('hostile values', () => {
  const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

  it('are judged however deep they are', () => {
    const value = { name: 't', inputSchema: { type: 'object', properties: { a: { nested: deep(5000) } } } };
    expect(accepts(tool, '2025-11-25', value)).toBe(true);
    expect(findFault(tool, '2025-11-25', { ...value, icons: deep(5000) })?.pointer).toBe('/icons/0');
  });

  it.each([
    '{"__proto__":{"name":"t","inputSchema":{"type":"object"}}}',
    '{"constructor":1,"toString":null,"hasOwnProperty":5}',
  ])('%s say nothing by what objects inherit', (json) => {
    expect(findFault(tool, '2026-07-28', JSON.parse(json))?.message).toBe('is missing');
  });

  it('say nothing by a prototype of theirs', () => {
    const inherited: unknown = Object.create({ name: 't', inputSchema: { type: 'object' } });
    expect(findFault(tool, '2026-07-28', inherited)).toEqual({ pointer: '/name', message: 'is missing' });
  });

  it('are judged without a prototype', () => {
    const bare: unknown = Object.assign(Object.create(null) as object, { name: 't', inputSchema: { type: 'object' } });
    expect(accepts(tool, '2026-07-28', bare)).toBe(true);
  });
});
