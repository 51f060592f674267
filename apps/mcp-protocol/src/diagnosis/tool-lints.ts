import { isJsonObject, type JsonObject } from '@scm/mcp-messages';

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const primitive: readonly unknown[] = ['string', 'number', 'integer', 'boolean'];
const NAME = /^[A-Za-z0-9_.-]{1,128}$/;

/** What clients would have trouble with in tools that are valid by the schema. */
export function lintsOf(tools: readonly JsonObject[]): string[] {
  const seen = new Set<string>();
  return tools.flatMap((tool) => {
    const name = String(tool['name']);
    const isDoubled = seen.has(name);
    seen.add(name);
    return lintsOfTool(tool, isDoubled).map((lint) => `${name.slice(0, 128)}: ${lint}`);
  });
}

function lintsOfTool({ name, description, inputSchema }: JsonObject, isDoubled: boolean): string[] {
  return [
    ...(isDoubled ? ['another tool has this name'] : []),
    ...(NAME.test(String(name)) ? [] : ['the name has characters or a length that clients refuse']),
    ...(description === undefined ? ['an agent is not told what it does'] : []),
    ...(isJsonObject(inputSchema) ? headerLints(inputSchema) : []),
  ];
}

/** A tool with a header that is not allowed is not shown by clients of 2026-07-28. */
function headerLints({ properties }: JsonObject): string[] {
  const marked = Object.entries(isJsonObject(properties) ? properties : {}).flatMap(([argument, schema]) =>
    isJsonObject(schema) && 'x-mcp-header' in schema
      ? [{ argument, type: schema['type'], header: schema['x-mcp-header'] }]
      : [],
  );
  const names = marked.map(({ header }) => String(header).toLowerCase());
  return marked.flatMap(({ argument, type, header }, i) => [
    ...(typeof header === 'string' && TOKEN.test(header) ? [] : [`the header of ${argument} is no name of a header`]),
    ...(names.indexOf(names[i] ?? '') === i ? [] : [`the header of ${argument} is that of another argument`]),
    ...(primitive.includes(type) ? [] : [`${argument} is no text, number or boolean, and goes into no header`]),
  ]);
}
