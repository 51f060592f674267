import { describe, expect, it } from '@jest/globals';
import type { RestOperation, RestParameter } from './rest-operation.js';
import { requestOf } from './rest-request.js';

const parameter = (name: string, place: RestParameter['in'], more: Partial<RestParameter> = {}): RestParameter => ({
  argument: name,
  name,
  in: place,
  required: place === 'path',
  style: place === 'query' ? 'form' : 'simple',
  explode: place === 'query',
  isJson: false,
  ...more,
});
const operation = (path: string, ...parameters: RestParameter[]): RestOperation => ({
  tool: {},
  method: 'get',
  path,
  parameters,
});
const base = 'http://api.test/v1/';
const urlOf = (path: string, parameters: RestParameter[], args: object) =>
  requestOf(operation(path, ...parameters), base, args).url.slice(base.length - 1);

describe('the styles of OpenAPI', () => {
  const list = ['blue', 'a/b'];
  const point = { x: 1, y: '&' };
  it.each<[string, boolean, unknown, string]>([
    ['simple', false, 'a b', '/a%20b'],
    ['simple', false, list, '/blue,a%2Fb'],
    ['simple', false, point, '/x,1,y,%26'],
    ['simple', true, point, '/x=1,y=%26'],
    ['label', false, list, '/.blue,a%2Fb'],
    ['label', true, list, '/.blue.a%2Fb'],
    ['matrix', false, list, '/;v=blue,a%2Fb'],
    ['matrix', true, list, '/;v=blue;v=a%2Fb'],
    ['matrix', true, point, '/;x=1;y=%26'],
  ])('in a path: %s, explode %s of %j', (style, explode, v, url) => {
    expect(urlOf('/{v}', [parameter('v', 'path', { style, explode })], { v })).toBe(url);
  });

  it.each<[string, boolean, unknown, string]>([
    ['form', true, 7, '?v=7'],
    ['form', true, list, '?v=blue&v=a%2Fb'],
    ['form', false, list, '?v=blue,a%2Fb'],
    ['form', true, point, '?x=1&y=%26'],
    ['form', false, point, '?v=x,1,y,%26'],
    ['spaceDelimited', false, list, '?v=blue%20a%2Fb'],
    ['pipeDelimited', false, list, '?v=blue%7Ca%2Fb'],
    ['deepObject', true, point, '?v%5Bx%5D=1&v%5By%5D=%26'],
    ['form', true, null, ''],
    ['form', true, [], ''],
  ])('in a query: %s, explode %s of %j', (style, explode, v, query) => {
    expect(urlOf('/q', [parameter('v', 'query', { style, explode })], { v })).toBe(`/q${query}`);
  });

  it('and JSON, in headers too', () => {
    const isJson = { isJson: true };
    expect(urlOf('/q', [parameter('v', 'query', isJson)], { v: { a: [1] } })).toBe('/q?v=%7B%22a%22%3A%5B1%5D%7D');
    const { headers } = requestOf(operation('/', parameter('X-List', 'header')), base, { 'X-List': [1, 'b'] });
    expect(headers['X-List']).toBe('1,b');
  });
});

describe('no argument', () => {
  it.each(['../x', '/x', '//host', '?a=b', '#f', '%2e%2e', '\\x', '{b}', '@host', 'a;b', ':80', '\ud800'])(
    'leads elsewhere: %j',
    (value) => {
      const url = new URL(requestOf(operation('/a/{id}/z', parameter('id', 'path')), base, { id: value }).url);
      expect(url.origin).toBe('http://api.test');
      expect(url.pathname.split('/')).toHaveLength(5);
      expect([url.pathname.startsWith('/v1/a/'), url.pathname.endsWith('/z'), url.search, url.hash]).toEqual([
        true,
        true,
        '',
        '',
      ]);
    },
  );

  it.each(['.', '..', '', []])('names what lies above, or nothing: %j', (id) => {
    expect(() => requestOf(operation('/a/{id}', parameter('id', 'path')), base, { id })).toThrow(/arguments\.id/);
  });

  it('is a step up together with another one', () => {
    const both = operation('/{a}{b}/c', parameter('a', 'path'), parameter('b', 'path'));
    expect(() => requestOf(both, base, { a: '.', b: '.' })).toThrow(/cannot stand in a path/);
  });

  it.each(['a\r\nX: y', 'ä', '\0'])('begins another header: %j', (value) => {
    expect(() => requestOf(operation('/', parameter('X-A', 'header')), base, { 'X-A': value })).toThrow(
      /arguments\.X-A/,
    );
  });

  it('is unknown or missing', () => {
    expect(() => requestOf(operation('/'), base, { x: 1 })).toThrow(/arguments\.x: the tool takes no such/);
    expect(() => requestOf(operation('/{id}', parameter('id', 'path')), base, {})).toThrow(/arguments\.id: is missing/);
  });
});

it('sends a body as the media type of the document', () => {
  const post = {
    ...operation('/'),
    method: 'post',
    body: { argument: 'body', required: true, mediaType: 'application/vnd.x+json' },
  } as const;
  expect(requestOf(post, base, { body: [1] })).toMatchObject({
    url: 'http://api.test/v1/',
    method: 'POST',
    body: '[1]',
    headers: { 'content-type': 'application/vnd.x+json' },
  });
});
