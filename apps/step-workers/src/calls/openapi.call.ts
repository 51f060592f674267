import { configurationFault, statusFault } from './call-fault.js';
import type { CallContext } from './call.js';
import { endpointOf, fillTemplate, type Authentication, type EndpointArgument } from './endpoint.js';
import { callHttp, type HttpCallArguments } from './http.call.js';
import type { FoundOperation, Lookup, Parameter } from './openapi-document.js';

export interface OpenApiCallArguments {
  document: { endpoint: EndpointArgument };
  operationId: string;
  parameters?: Record<string, unknown>;
  authentication?: Authentication;
  output?: HttpCallArguments['output'];
  redirect?: boolean;
}

const MAX_DOCUMENT_BYTES = 4_194_304;

/** `call: openapi`: the request that the document describes for an operation. */
export async function callOpenApi(args: OpenApiCallArguments, context: CallContext): Promise<unknown> {
  const { url, found } = await findOperation(args, context);
  const values = { ...args.parameters };
  const placed = (place: Parameter['in']) =>
    Object.fromEntries(
      found.parameters
        .filter((parameter) => parameter.in === place && values[parameter.name] !== undefined)
        .map(({ name }) => [name, values[name]]),
    );
  const body = Object.values(placed('body'))[0] ?? values.body;
  const uri = serverOf(found, url) + fillTemplate(found.path, values);
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

async function findOperation(
  { document, operationId }: OpenApiCallArguments,
  { egress, input, signal, compute }: CallContext,
): Promise<{ url: URL; found: FoundOperation }> {
  const { url, headers } = endpointOf(document.endpoint, input);
  const answer = await egress.send({ url: url.href, headers, maxBytes: MAX_DOCUMENT_BYTES, signal });
  if (answer.status !== 200) throw statusFault(url.host, answer.status);
  const lookup = (await compute('operation', { text: answer.body.toString('utf8'), operationId })) as Lookup;
  if ('found' in lookup) return { url, found: lookup.found };
  throw configurationFault(
    lookup.missing === 'document'
      ? `what ${url.host} gives is no OpenAPI document`
      : `${url.host} describes no operation ${operationId}`,
  );
}

function serverOf({ server, schemes, host, basePath = '' }: FoundOperation, from: URL): string {
  const base =
    server ?? `${schemes?.includes('https') || !schemes ? 'https' : schemes[0]}://${host ?? from.host}${basePath}`;
  return new URL(base, from).href.replace(/\/$/, '');
}
