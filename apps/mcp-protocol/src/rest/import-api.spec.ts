import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { importApi } from './import-api.js';

const shop = (paths: object, more: object = {}) =>
  JSON.stringify({ openapi: '3.0.3', info: { title: 'Shop', version: '1' }, paths, ...more });
const ok = { responses: { 200: { description: 'ok' } } };
const json = (schema: object) => ({ content: { 'application/json': { schema } } });
const toolOf = async (operation: object, more: object = {}) => {
  const { operations } = await importApi(shop({ '/things': operation }, more));
  return operations[0]?.tool as { name: string; inputSchema: object; outputSchema?: object; annotations: object };
};

describe('an operation', () => {
  it('becomes a tool that takes its parameters and its body, and is known by what its method does', async () => {
    const text = `
openapi: 3.0.3
info: { title: Shop, version: '1' }
paths:
  /pets/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: integer, minimum: 1, exclusiveMinimum: true } }]
    put:
      operationId: pets.replace!
      summary: Replace a pet
      parameters:
        - { name: id, in: query, description: Of the request., schema: { type: string, nullable: true } }
        - { name: Authorization, in: header, schema: { type: string } }
        - { name: 'filter[name]', in: query, schema: { type: string } }
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } }
      responses: { '200': { description: ok, content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } } } }
components:
  schemas:
    Pet:
      type: object
      required: [name]
      properties: { name: { type: string }, mother: { $ref: '#/components/schemas/Pet' }, xml: { type: string } }
`;
    const { operations, title } = await importApi(text);
    const pet = {
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string' }, mother: { $ref: '#/$defs/Pet' }, xml: { type: 'string' } },
    };
    expect(title).toBe('Shop');
    expect(operations[0]?.tool).toEqual({
      name: 'pets_replace',
      title: 'Replace a pet',
      description: 'Replace a pet',
      inputSchema: {
        type: 'object',
        properties: {
          id: { type: 'integer', exclusiveMinimum: 1 },
          id_2: { type: ['string', 'null'], description: 'Of the request.' },
          filter_name: { type: 'string' },
          body: { $ref: '#/$defs/Pet' },
        },
        required: ['id', 'body'],
        additionalProperties: false,
        $defs: { Pet: pet },
      },
      outputSchema: { $ref: '#/$defs/Pet', $defs: { Pet: pet } },
      annotations: {
        title: 'Replace a pet',
        readOnlyHint: false,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: true,
      },
    });
  });

  it.each([
    ['get', true, false, true],
    ['head', true, false, true],
    ['post', false, false, false],
    ['patch', false, false, false],
    ['delete', false, true, true],
  ])(
    'by %s: read-only %s, destructive %s, idempotent %s',
    async (method, readOnlyHint, destructiveHint, idempotentHint) => {
      const { name, annotations } = await toolOf({ [method]: ok });
      expect(name).toBe(`${method}_things`);
      expect(annotations).toMatchObject({ readOnlyHint, destructiveHint, idempotentHint });
    },
  );

  it('has a name of its own, which does not depend on what is chosen', async () => {
    const paths = { '/a-b': { get: ok }, '/a_b': { get: ok }, '/a.b': { get: ok } };
    const names = async (chosen?: string[]) =>
      (await importApi(shop(paths), chosen)).operations.map(({ tool }) => tool['name']);
    expect(await names()).toEqual(['get_a-b', 'get_a_b', 'get_a_b_2']);
    expect(await names(['GET /a.b'])).toEqual(['get_a_b_2']);
  });

  it('does not let a document give a schema another meaning', async () => {
    const schema = { $id: 'http://else.where/', 'x-mcp-header': 'Cookie', type: 'string', default: { 'x-kept': 1 } };
    const { inputSchema } = await toolOf(
      { get: { parameters: [{ name: 'q', in: 'query', schema }], ...ok } },
      { openapi: '3.1.0' },
    );
    expect(inputSchema).toMatchObject({ properties: { q: { type: 'string', default: { 'x-kept': 1 } } } });
    expect(JSON.stringify(inputSchema)).not.toMatch(/else\.where|Cookie/);
  });

  it('says what it gives only where every success has one form', async () => {
    const made = { description: 'made', ...json({ type: 'object' }) };
    expect((await toolOf({ get: { responses: { 200: made } } })).outputSchema).toEqual({ type: 'object' });
    expect(
      (await toolOf({ get: { responses: { 200: made, 204: { description: 'none' } } } })).outputSchema,
    ).toBeUndefined();
  });

  it.each([
    [
      'a body that is not JSON',
      { post: { requestBody: { required: true, content: { 'text/csv': {} } }, ...ok } },
      '/things',
    ],
    ['a cookie', { get: { parameters: [{ name: 'c', in: 'cookie', required: true, schema: {} }], ...ok } }, '/things'],
    ['a path that declares too little', { get: ok }, '/things/{id}'],
    ['a path that leads up', { get: ok }, '/things/../x'],
  ])('that needs %s is left out, or refused when it is chosen', async (_, item, path) => {
    const text = shop({ '/fine': { get: ok }, [path]: item });
    const { operations, leftOut } = await importApi(text);
    expect([operations.length, leftOut.length]).toEqual([1, 1]);
    const [id] = leftOut[0]?.split(': ') ?? [];
    await expect(importApi(text, [String(id)])).rejects.toMatchObject({ details: [{ path: 'api.operations' }] });
  });
});

describe('a document that is not valid is refused by its place', () => {
  it.each([
    ['no YAML', '"', /neither JSON nor YAML/],
    ['no document', '[]', /\/openapi must be/],
    ['Swagger 2', '{"swagger":"2.0"}', /\/openapi must be/],
    ['a missing responses', shop({ '/x': { get: {} } }), /\/paths\/~1x\/get must have required property 'responses'/],
    [
      'a parameter nowhere',
      shop({ '/x': { get: { parameters: [{ name: 'q' }], ...ok } } }),
      /\/paths\/~1x\/get\/parameters\/0/,
    ],
    [
      'a reference to nothing',
      shop({ '/x': { get: { responses: { 200: { $ref: '#/nothing' } } } } }),
      /Can't resolve #\/nothing/,
    ],
    [
      'a reference elsewhere',
      shop({ '/x': { get: { responses: { 200: { $ref: 'http://127.0.0.1/' } } } } }),
      /only internal refs/,
    ],
    ['nothing that can be a tool', shop({}), /\/paths has no operation/],
  ])('%s', async (_, text, message) => {
    await expect(importApi(text)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
  });

  it('when a chosen operation is not there, or all are too many', async () => {
    await expect(importApi(shop({ '/x': { get: ok } }), ['y'])).rejects.toThrow(/no operation y/);
    const many = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [`/p${i}`, { get: ok }]));
    await expect(importApi(shop(many))).rejects.toThrow(/choose some/);
  });
});

it('reads the document of the product itself', async () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../docs/reference/openapi.json'), 'utf8');
  const { operations, leftOut } = await importApi(text);
  const routes = Object.values((JSON.parse(text) as { paths: object }).paths).flatMap((item: object) =>
    Object.keys(item),
  );
  expect(operations.length + leftOut.length).toBe(routes.length);
  // The doors of MCP itself stand in it too; they are no API. Nor can arguments be what senders of metrics encode.
  const doors = ['metrics.writeRemote', 'metrics.writeOtlp'].map((name) => `${name}: it needs a body that is not JSON`);
  expect(leftOut.filter((each) => !each.startsWith('McpController') && !doors.includes(each))).toEqual([]);
  expect(operations.length).toBeGreaterThan(60);
});
