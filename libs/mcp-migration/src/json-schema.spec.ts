import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { translate, type TranslationContext } from './index.js';

const options = { from: '2026-07-28', to: '2025-11-25', sender: 'server' } as const;
const complete = { resultType: 'complete' } as const;

function schemaDown(outputSchema: object): object {
  const tools = [{ name: 't', inputSchema: { type: 'object' }, outputSchema }];
  const { message } = translate({ result: { ...complete, tools } }, { ...options, method: 'tools/list' });
  return (message.result.tools as unknown as { outputSchema: object }[])[0]?.outputSchema as object;
}

function valueDown(structuredContent: unknown, context: TranslationContext): unknown {
  const given = { result: { ...complete, content: [], structuredContent } };
  const { message } = translate(given, { ...options, method: 'tools/call', context });
  return (message.result as { structuredContent?: unknown }).structuredContent;
}

const leaf = { type: 'object', properties: { of: { $ref: '#/$defs/tree' } }, required: ['of'] };

describe('structured content of any root', () => {
  it.each<[string, object, unknown[], unknown[]]>([
    ['a list', { type: 'array', items: { type: 'integer' } }, [[1, 2], []], [['a'], 'x']],
    ['a text', { type: 'string', minLength: 1 }, ['x'], ['', 1]],
    ['one of several', { type: ['object', 'null'], required: ['a'] }, [{ a: 1 }, null], [{ b: 1 }, 'x']],
    [
      'what refers to itself',
      {
        anyOf: [{ type: 'array', items: { $ref: '#' } }, { $ref: '#/$defs/leaf' }],
        $defs: { leaf, tree: { type: 'string' } },
      },
      [[], [[]], [{ of: 'x' }], { of: 'x' }],
      [[1], [{ of: 1 }], { of: 1 }],
    ],
  ])('is valid by the older schema where it was by the newer: %s', (_, schema, valid, invalid) => {
    const validate = new Ajv2020({ strict: false }).compile(schemaDown(schema));
    const judged = (values: unknown[], context: TranslationContext): boolean[] =>
      values.map((value) => validate(valueDown(value, context)));
    for (const context of [{}, { outputSchema: schema as never }]) {
      expect(judged(valid, context)).toEqual(valid.map(() => true));
      expect(judged(invalid, context)).toEqual(invalid.map(() => false));
    }
  });
});
