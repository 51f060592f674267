import { parse } from 'yaml';

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'body' | 'cookie' | 'formData';
}

interface Operation {
  operationId?: string;
  parameters?: Parameter[];
}

/** What is read of a document of OpenAPI 3 or Swagger 2. */
interface OpenApiDocument {
  paths?: Record<string, Record<string, Operation> & { parameters?: Parameter[] }>;
  servers?: { url: string }[];
  schemes?: string[];
  host?: string;
  basePath?: string;
}

/** Where and how an operation is called. */
export interface FoundOperation {
  path: string;
  method: string;
  parameters: Parameter[];
  /** A server as the document names it, absolute or not. */
  server?: string;
  schemes?: string[];
  host?: string;
  basePath?: string;
}

export type Lookup = { found: FoundOperation } | { missing: 'document' | 'operation' };

/** Reads a document, JSON or YAML, for one of its operations: of a large one that takes seconds. */
export function operationIn(text: string, operationId: string): Lookup {
  const document = read(text);
  if (typeof document !== 'object' || document === null) return { missing: 'document' };
  const { paths = {}, servers, schemes, host, basePath } = document;
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item ?? {}) as [string, Operation | undefined][]) {
      if (operation?.operationId !== operationId) continue;
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
      return { found: { path, method, parameters, server: servers?.[0]?.url, schemes, host, basePath } };
    }
  }
  return { missing: 'operation' };
}

function read(text: string): OpenApiDocument | null | undefined {
  try {
    return (/^\s*\{/.test(text) ? JSON.parse(text) : parse(text, { maxAliasCount: 100 })) as OpenApiDocument;
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return undefined;
  }
}
