import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ProtocolRevision } from '../revisions.js';

export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  allOf?: Schema[];
  items?: Schema;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
}

export interface Official {
  definitions: Record<string, Schema>;
  /** Whether the value is valid by that definition. */
  accepts: (definition: string, value: unknown) => boolean;
}

export const schemaFolder = path.join(import.meta.dirname, '../../../../../shared/mcp-schema');
export const hasSchemas = existsSync(schemaFolder);

/** The official schema of a revision, with `errata` applied. */
export function official(revision: ProtocolRevision): Official {
  const schema = JSON.parse(readFileSync(path.join(schemaFolder, revision, 'schema.json'), 'utf8')) as {
    $defs?: Record<string, Schema>;
    definitions?: Record<string, Schema>;
  };
  const definitions = schema.$defs ?? schema.definitions ?? {};
  for (const { apply } of errata) apply(definitions, revision);
  // Formats are annotations: peers of every generation send URIs that are none.
  const options = { strict: false, formats: { byte: true, uri: true, 'uri-template': true } as const };
  const ajv = schema.$defs ? new Ajv2020(options) : new Ajv(options);
  ajv.addSchema(schema, 'mcp');
  const key = schema.$defs ? '$defs' : 'definitions';
  return {
    definitions,
    accepts: (definition, value) => ajv.validate(`mcp#/${key}/${definition}`, value) === true,
  };
}

interface Erratum {
  reason: string;
  apply: (definitions: Record<string, Schema>, revision: ProtocolRevision) => void;
}

/** Where the schemas say something else than the specification they were generated from. */
export const errata: readonly Erratum[] = [
  {
    reason: 'JSONValue leaves out null and fractions, which are JSON',
    apply: (definitions) => {
      if (definitions['JSONValue']) definitions['JSONValue'] = {};
    },
  },
  {
    reason: 'answers to a form may be fractions: the field of a form may be a number',
    apply: (definitions) => {
      const values = definitions['ElicitResult']?.properties?.['content']?.additionalProperties;
      if (typeof values !== 'object') return;
      for (const form of values.anyOf ?? [values]) {
        if (Array.isArray(form.type)) form.type = form.type.map((type) => (type === 'integer' ? 'number' : type));
      }
    },
  },
  {
    reason: 'before 2025-11-25 the definition of a message does not repeat the envelope that every message has',
    apply: (definitions, revision) => {
      if (revision >= '2025-11-25') return;
      for (const [name, definition] of Object.entries(definitions)) {
        const isNamed = definition.properties?.['method']?.const !== undefined || name === 'PaginatedRequest';
        if (!isNamed) continue;
        const envelope = name.endsWith('Notification') ? 'JSONRPCNotification' : 'JSONRPCRequest';
        definitions[name] = { allOf: [definition, { $ref: `#/definitions/${envelope}` }] };
      }
    },
  },
];
