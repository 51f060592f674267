import { expect, it } from '@jest/globals';
import { lintsOf } from './tool-lints.js';

const object = (properties: object = {}) => ({ type: 'object', properties });
const marked = (header: unknown, type = 'string') => ({ type, 'x-mcp-header': header });

it('has nothing to say of what clients take', () => {
  const inputSchema = object({ region: marked('Region'), count: marked('Count', 'integer') });
  expect(lintsOf([{ name: 'a.b-c_d', description: 'Does.', inputSchema }])).toEqual([]);
});

it('names tools by what clients would have trouble with', () => {
  const tools = [
    { name: 'twice', description: 'x', inputSchema: object() },
    { name: 'twice', inputSchema: object() },
    { name: 'mit umlaut ä', description: 'x', inputSchema: object() },
  ];
  expect(lintsOf(tools)).toEqual([
    'twice: another tool has this name',
    'twice: an agent is not told what it does',
    'mit umlaut ä: the name has characters or a length that clients refuse',
  ]);
});

it('names headers that are not allowed', () => {
  const inputSchema = object({
    a: marked('Same'),
    b: marked('same'),
    c: marked('no header'),
    d: marked('D', 'object'),
  });
  expect(lintsOf([{ name: 't', description: 'x', inputSchema }])).toEqual([
    't: the header of b is that of another argument',
    't: the header of c is no name of a header',
    't: d is no text, number or boolean, and goes into no header',
  ]);
});
