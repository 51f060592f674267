import type { JsonSchema } from '@scm/contracts';

/** Where a text stands in a request: the keys down to it; `isKey` when the last key itself is the text. */
export interface Position {
  path: readonly string[];
  schema: JsonSchema;
  isKey?: boolean;
}

/** Gives a field a valid value of its meaning; undefined when its schema says enough. */
export type Examples = (field: string) => unknown;

/** What an example gives for a field that does not go together with the others. */
export const OMITTED = Symbol('omitted');

/** A value that the schema takes, with every optional field. */
export function exampleOf(schema: JsonSchema, examples: Examples, field = ''): unknown {
  const given = examples(field);
  if (given !== undefined) return given;
  const { type, properties, additionalProperties, items, prefixItems } = schema;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (type === 'object') {
    const fields = Object.entries((properties ?? {}) as Record<string, JsonSchema>);
    const free = typeof additionalProperties === 'object' || fields.length === 0;
    return {
      ...Object.fromEntries(
        fields
          .map(([name, inner]) => [name, exampleOf(inner, examples, name)])
          .filter(([, example]) => example !== OMITTED),
      ),
      ...(free && additionalProperties !== false && { free: 'text' }),
    };
  }
  if (type === 'array') {
    const each = (prefixItems ?? [items ?? {}]) as JsonSchema[];
    return each.map((inner) => exampleOf(inner, examples));
  }
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (type === 'boolean') return true;
  if (schema.format === 'date-time') return '2999-01-01T00:00:00Z';
  return schema.format === 'uuid' ? '00000000-0000-7000-8000-0000000000ff' : uniqueName();
}

/** Every text in a value, and every key that its sender chooses: the examples begin those with `free`. */
export function positionsIn(value: unknown, schema: JsonSchema = {}, path: readonly string[] = []): Position[] {
  if (typeof value === 'string') return [{ path, schema }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, key];
    const below = positionsIn(inner, schemaAt(schema, key), at);
    return key.startsWith('free') ? [{ path: at, schema: {}, isKey: true }, ...below] : below;
  });
}

/**
 * How a text is tried: alone where the schema takes it, for what is behind sees it then; together where the schema refuses
 * it, for all of it is named at once.
 */
export function groupsFor(positions: readonly Position[], text: string): (readonly Position[])[] {
  const alone = positions.filter(({ schema }) => takes(schema, text));
  const together = positions.filter((position) => !alone.includes(position));
  return [...alone.map((one) => [one]), ...(together.length > 0 ? [together] : [])];
}

function takes({ enum: known, pattern, format, minLength = 0, maxLength = Infinity }: JsonSchema, text: string) {
  if (known !== undefined || format !== undefined) return false;
  // JSON Schema counts characters, not UTF-16 units.
  const { length } = [...text];
  const fits = length >= Number(minLength) && length <= Number(maxLength);
  return fits && (pattern === undefined || new RegExp(pattern as string).test(text));
}

/** A text, and where it shall stand. */
export type Placed = Pick<Position, 'path' | 'isKey'> & { text: string };

/** A copy of the value with the texts at their places, and only what is required besides. */
export function placed(value: unknown, schema: JsonSchema, texts: readonly Placed[]): unknown {
  if (texts.length === 0) return value;
  const here = texts.find(({ path }) => path.length === 0);
  if (here) return here.text;
  const within = (key: string) =>
    placed((value as Record<string, unknown>)[key], schemaAt(schema, key), below(texts, key));
  if (Array.isArray(value)) return value.map((_, i) => within(String(i)));
  const { properties = {}, required } = schema as ObjectSchema;
  const isNeeded = (name: string) =>
    !Object.hasOwn(properties, name) || required?.includes(name) || texts.some(({ path }) => path[0] === name);
  // Made from entries: an assignment to `__proto__` would not be a field.
  const kept = Object.keys(value as object).filter(isNeeded);
  return Object.fromEntries(kept.map((name) => [keyAt(texts, name), within(name)]));
}

function below(texts: readonly Placed[], key: string): Placed[] {
  const inside = texts.filter(({ path, isKey }) => path[0] === key && !(isKey && path.length === 1));
  return inside.map((one) => ({ ...one, path: one.path.slice(1) }));
}

function keyAt(texts: readonly Placed[], key: string): string {
  return texts.find(({ path, isKey }) => isKey && path.length === 1 && path[0] === key)?.text ?? key;
}

interface ObjectSchema {
  properties?: Record<string, JsonSchema>;
  required?: string[];
}

function schemaAt({ properties, additionalProperties, items }: JsonSchema, key: string): JsonSchema {
  const inner = (properties as Record<string, JsonSchema> | undefined)?.[key] ?? additionalProperties ?? items;
  return typeof inner === 'object' ? (inner as JsonSchema) : {};
}

let names = 0;

export function uniqueName(): string {
  return `name${++names}`;
}
