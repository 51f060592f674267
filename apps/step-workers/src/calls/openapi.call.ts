import { parse } from 'yaml';
import { configurationFault, statusFault } from './call-fault.js';
import type { CallContext } from './call.js';
import { endpointOf, fillTemplate, type Authentication, type EndpointArgument } from './endpoint.js';
import { callHttp, type HttpCallArguments } from './http.call.js';

export interface OpenApiCallArguments {
  document: { endpoint: EndpointArgument };
  operationId: string;
  parameters?: Record<string, unknown>;
  authentication?: Authentication;
  output?: HttpCallArguments['output'];
  redirect?: boolean;
}

interface Parameter {
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

const MAX_DOCUMENT_BYTES = 4_194_304;

/** `call: openapi`: the request that the document describes for an operation. */
export async function callOpenApi(args: OpenApiCallArguments, context: CallContext): Promise<unknown> {
  const { url, document } = await readDocument(args, context);
  const found = operationIn(document, args.operationId);
  if (!found) throw configurationFault(`${url.host} describes no operation ${args.operationId}`);
  const values = { ...args.parameters };
  const placed = (place: Parameter['in']) =>
    Object.fromEntries(
      found.parameters
        .filter((parameter) => parameter.in === place && values[parameter.name] !== undefined)
        .map(({ name }) => [name, values[name]]),
    );
  const body = Object.values(placed('body'))[0] ?? values.body;
  const uri = serverOf(document, url) + fillTemplate(found.path, values);
  const request: HttpCallArguments = {
    method: found.method,
    endpoint: { uri, ...(args.authentication && { authentication: args.authentication }) },
    query: placed('query'),
    headers: placed('header') as Record<string, string>,
    ...(body !== undefined && { body }),
    ...(args.output && { output: args.output }),
    ...(args.redirect !== undefined && { redirect: args.redirect }),
  };
  return callHttp(request, { ...context, input: {} });
}

async function readDocument(
  { document }: OpenApiCallArguments,
  { egress, input, signal }: CallContext,
): Promise<{ url: URL; document: OpenApiDocument }> {
  const { url, headers } = endpointOf(document.endpoint, input);
  const answer = await egress.send({ url: url.href, headers, maxBytes: MAX_DOCUMENT_BYTES, signal });
  if (answer.status !== 200) throw statusFault(url.host, answer.status);
  try {
    const read = parse(answer.body.toString('utf8'), { maxAliasCount: 100 }) as OpenApiDocument;
    return { url, document: read ?? {} };
  } catch {
    throw configurationFault(`what ${url.host} gives is no OpenAPI document`);
  }
}

function operationIn({ paths = {} }: OpenApiDocument, operationId: string) {
  for (const [path, item] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(item) as [string, Operation | undefined][]) {
      if (operation?.operationId !== operationId) continue;
      return { path, method, parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])] };
    }
  }
  return undefined;
}

function serverOf({ servers, schemes, host, basePath = '' }: OpenApiDocument, from: URL): string {
  const base =
    servers?.[0]?.url ??
    `${schemes?.includes('https') || !schemes ? 'https' : schemes[0]}://${host ?? from.host}${basePath}`;
  return new URL(base, from).href.replace(/\/$/, '');
}
