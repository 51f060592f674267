import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { plainMembers, wrappedSchema } from '../json-schema.js';
import { within } from '../members.js';
import { inRequest, inResult, tools } from '../place.js';
import { emulated, lossless, none, rulesOf, type Change } from '../rule.js';

const plainSchemas: Change = (tool, work) => {
  const plain = within(within(tool, 'inputSchema', plainMembers), 'outputSchema', (schema) =>
    schema['type'] === 'object' ? plainMembers(schema) : schema,
  );
  if (plain !== tool) work.emulated();
  return plain;
};

const wrapSchema: Change = (tool, work) =>
  within(tool, 'outputSchema', (schema) => {
    if (schema['type'] === 'object') return schema;
    work.emulated('outputSchema');
    return wrappedSchema(schema);
  });

const wrapValue: Change = (result, work) => {
  const { structuredContent } = result;
  const { outputSchema } = work.context;
  const isWrapped = outputSchema !== undefined && outputSchema['type'] !== 'object';
  if (structuredContent === undefined || (isJsonObject(structuredContent) && !isWrapped)) return result;
  work.emulated('structuredContent');
  return { ...result, structuredContent: { result: structuredContent } };
};

const wrapNested: Change = (block, work) => {
  const { type, structuredContent } = block;
  if (type !== 'tool_result' || structuredContent === undefined || isJsonObject(structuredContent)) return block;
  work.emulated('structuredContent');
  return { ...block, structuredContent: { result: structuredContent } satisfies JsonObject };
};

export const schemaRules = rulesOf('2026-07-28', {
  'schema-keywords': {
    title: 'Every keyword of JSON Schema 2020-12 in the schemas of tools',
    up: none,
    down: emulated('Properties that are true or false become the schemas that say the same.'),
    changes: [{ at: tools, down: plainSchemas }],
  },
  'output-schema-root': {
    title: 'Structured results that are no objects',
    up: none,
    down: emulated(
      'Schema and value are wrapped as the member `result` of an object; a value that is one may stay as it is.',
    ),
    changes: [
      { at: tools, down: wrapSchema },
      { at: [inResult(['tools/call'])], down: wrapValue },
      { at: [inRequest(['sampling/createMessage'], 'messages/*/content/*')], down: wrapNested },
      { at: [inResult(['sampling/createMessage'], 'content/*')], down: wrapNested },
    ],
  },
  'parameter-headers': {
    kind: 'transport',
    title: 'The headers `Mcp-Param-*` that `x-mcp-header` asks for',
    up: emulated('Computed from the arguments of the call.'),
    down: lossless('Not sent; the schema keeps the keyword.'),
  },
});
