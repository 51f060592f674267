import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { targetOf } from './openapi-document.js';

// In these a key is a name that the API chose, not one of JSON Schema.
const named = ['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions'];
const data = ['const', 'enum', 'default', 'examples', 'required', 'dependentRequired'];
// They would give other references a meaning, or are OpenAPI's own.
const dropped = ['$id', '$schema', '$anchor', '$dynamicAnchor', 'discriminator', 'xml', 'externalDocs'];

/** Schemas of a document as one that stands alone: what they refer to is in its `$defs`, so that a schema may hold itself. */
export class SchemaBundle {
  private readonly definitions = new Map<string, unknown>();
  private readonly names = new Map<string, string>();

  constructor(private readonly document: JsonObject) {}

  take(schema: unknown): unknown {
    if (Array.isArray(schema)) return schema.map((item) => this.take(item));
    if (!isJsonObject(schema)) return schema;
    const taken = Object.entries(schema).flatMap(([key, value]): [string, unknown][] => {
      if (dropped.includes(key) || key.startsWith('x-')) return [];
      if (key === '$ref' || key === '$dynamicRef') return [['$ref', this.refer(String(value))]];
      if (data.includes(key)) return [[key, value]];
      return [[key, named.includes(key) && isJsonObject(value) ? this.takeEach(value) : this.take(value)]];
    });
    return Object.fromEntries(taken);
  }

  /** The schema with what it refers to. */
  closed(schema: JsonObject): JsonObject {
    return this.definitions.size === 0 ? schema : { ...schema, $defs: Object.fromEntries(this.definitions) };
  }

  private takeEach(schemas: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, this.take(schema)]));
  }

  private refer(ref: string): string {
    const known = this.names.get(ref);
    if (known !== undefined) return `#/$defs/${known}`;
    const name = this.freeName(ref);
    this.names.set(ref, name);
    // First its place, since it may refer to itself.
    this.definitions.set(name, true);
    this.definitions.set(name, this.take(targetOf(this.document, ref) ?? true));
    return `#/$defs/${name}`;
  }

  private freeName(ref: string): string {
    const base = (ref.split('/').at(-1) ?? '').replaceAll(/[^\w.-]/g, '_') || 'schema';
    let name = base;
    for (let n = 2; this.definitions.has(name); n++) name = `${base}_${n}`;
    return name;
  }
}
