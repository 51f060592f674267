import { invalidField } from '@scm/contracts';
import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { Names } from './names.js';
import { readDocument, resolved } from './openapi-document.js';
import { toolOf } from './operation-tool.js';
import { restMethods, type FoundOperation, type ImportedApi } from './rest-operation.js';

const MAX_NAME = 64;
const MAX_TOOLS = 500;
const MAX_ALL = 1_048_576;

/**
 * The tools of an OpenAPI document: of the chosen operations, or of all that can be tools. Throws INVALID_ARGUMENT that names the place of
 * what is wrong, a chosen operation that there is not or that cannot be a tool, and more than 500 tools or 1 MiB of them.
 */
export async function importApi(text: string, chosen?: readonly string[]): Promise<ImportedApi> {
  const document = await readDocument(text);
  const all = operationsIn(document);
  const unknown = chosen?.find((id) => !all.some((operation) => operation.id === id));
  if (unknown !== undefined) throw invalidField('api.operations', `the document has no operation ${unknown}`);
  const wanted = chosen ? all.filter(({ id }) => chosen.includes(id)) : all;
  const made = wanted.map((found) => ({ id: found.id, tool: toolOf(document, found) }));
  const operations = made.flatMap(({ tool }) => (typeof tool === 'string' ? [] : [tool]));
  const leftOut = made.flatMap(({ id, tool }) => (typeof tool === 'string' ? [`${id}: ${tool}`] : []));
  if (chosen && leftOut.length > 0) throw invalidField('api.operations', `${leftOut[0]}`);
  if (operations.length === 0) throw invalidField('api.document', '/paths has no operation that can be a tool');
  if (operations.length > MAX_TOOLS || JSON.stringify(operations).length > MAX_ALL)
    throw invalidField('api.operations', `these are more than ${MAX_TOOLS} tools or 1 MiB of them: choose some`);
  return { ...aboutOf(document), operations, leftOut };
}

/** In the order of the document, each with a name that does not depend on which others are chosen. */
function operationsIn(document: JsonObject): FoundOperation[] {
  const names = new Names(MAX_NAME);
  return Object.entries(isJsonObject(document['paths']) ? document['paths'] : {}).flatMap(([path, at]) => {
    const item = resolved(document, at);
    return restMethods.flatMap((method) => {
      const operation = item[method];
      if (!isJsonObject(operation)) return [];
      const { operationId } = operation;
      const isNamed = typeof operationId === 'string' && operationId !== '';
      const id = isNamed ? operationId : `${method.toUpperCase()} ${path}`;
      return [{ id, name: names.give(isNamed ? operationId : `${method}_${path}`), method, path, item, operation }];
    });
  });
}

function aboutOf({ info, servers }: JsonObject): Pick<ImportedApi, 'title' | 'version' | 'description' | 'server'> {
  const { title, version, description } = info as JsonObject;
  const [first] = Array.isArray(servers) ? (servers as JsonObject[]) : [];
  return {
    title: plain(title),
    version: plain(version),
    ...(typeof description === 'string' && { description: plain(description) }),
    ...(typeof first?.['url'] === 'string' && { server: first['url'] }),
  };
}

const MAX_WORDS = 2_048;

/** Without what a database cannot keep in JSON. */
function plain(text: unknown): string {
  return String(text).toWellFormed().replaceAll('\0', ' ').slice(0, MAX_WORDS).toWellFormed();
}
