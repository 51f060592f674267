import { invalidField } from '@scm/contracts';
import type { EgressRequest } from '@scm/egress';
import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import { inPlace, inQuery } from './parameter-styles.js';
import type { RestOperation, RestParameter } from './rest-operation.js';

type Request = Required<Pick<EgressRequest, 'url' | 'method' | 'headers'>> & Pick<EgressRequest, 'body'>;

/**
 * The request that a call of the tool is. Throws INVALID_ARGUMENT that names the argument which is missing, unknown, or cannot stand where
 * it belongs: no argument leads to another path or host.
 */
export function requestOf(operation: RestOperation, baseUrl: string, args: unknown): Request {
  const given = isJsonObject(args) ? args : {};
  checkArguments(operation, given);
  const at = (place: RestParameter['in']) =>
    operation.parameters.filter((p) => p.in === place && isGiven(given[p.argument]));
  const path = at('path').reduce((template, p) => filled(template, p, given[p.argument]), operation.path);
  const query = at('query')
    .flatMap((p) => inQuery(p, given[p.argument], encoded))
    .join('&');
  const headers = Object.fromEntries(at('header').map((p) => [p.name, headerValue(p, given[p.argument])]));
  const { body } = operation;
  const content = body && isGiven(given[body.argument]) ? JSON.stringify(given[body.argument]) : undefined;
  return {
    url: `${baseUrl.replace(/\/+$/, '')}${path}${query && `?${query}`}`,
    method: operation.method.toUpperCase() as Request['method'],
    headers: {
      ...headers,
      accept: 'application/json, */*;q=0.5',
      ...(content !== undefined && { 'content-type': body?.mediaType ?? '' }),
    },
    ...(content !== undefined && { body: content }),
  };
}

function checkArguments({ parameters, body }: RestOperation, given: JsonObject): void {
  const all = [...parameters, ...(body ? [body] : [])];
  const unknown = Object.keys(given).find((name) => !all.some(({ argument }) => argument === name));
  if (unknown !== undefined) throw invalidField(`arguments.${unknown}`, 'the tool takes no such argument');
  const missing = all.find(({ argument, required }) => required && !isGiven(given[argument]));
  if (missing) throw invalidField(`arguments.${missing.argument}`, 'is missing');
}

function filled(template: string, parameter: RestParameter, value: unknown): string {
  const text = inPlace(parameter, value, encoded);
  const path = template.replaceAll(`{${parameter.name}}`, () => text);
  // An address is put in order before it is used: these would name what lies above.
  const leadsAway = text === '' || path.split('/').some((segment) => /^\.{1,2}$/.test(segment));
  if (leadsAway) throw invalidField(`arguments.${parameter.argument}`, 'cannot stand in a path');
  return path;
}

function headerValue(parameter: RestParameter, value: unknown): string {
  const text = inPlace(parameter, value, (each) => each);
  if (!/^[\t\x20-\x7e]*$/.test(text)) throw invalidField(`arguments.${parameter.argument}`, 'cannot stand in a header');
  return text;
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
