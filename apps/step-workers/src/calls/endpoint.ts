import { configurationFault } from './call-fault.js';

/** An address, or one with how to authenticate there. */
export type EndpointArgument = string | { uri: string; authentication?: Authentication };

export interface Authentication {
  basic?: { username?: string; password?: string };
  bearer?: { token?: string };
  [other: string]: unknown;
}

/** Where to send a request, and the headers that prove who asks. */
export interface Endpoint {
  url: URL;
  headers: Record<string, string>;
}

/**
 * Fills `{name}` in the address with what the step's input has under that name (RFC 6570, level 1).
 * Throws CallFault for an address that is none and for an authentication that is not supported.
 */
export function endpointOf(argument: EndpointArgument, input: unknown): Endpoint {
  const { uri, authentication } =
    typeof argument === 'string' ? { uri: argument, authentication: undefined } : argument;
  const filled = fillTemplate(uri, (typeof input === 'object' && input) || {});
  if (!URL.canParse(filled)) throw configurationFault(`${filled.slice(0, 256)} is no address`);
  return { url: new URL(filled), headers: authentication ? credentialsOf(authentication) : {} };
}

/** `{name}` in a text, replaced by the value of that name; a name without a value is left out. */
export function fillTemplate(text: string, values: object): string {
  return text.replace(/\{([\w.]+)\}/g, (_, name: string) => {
    const value = (values as Record<string, unknown>)[name];
    if (value === undefined || value === null) return '';
    return encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value));
  });
}

function credentialsOf({ basic, bearer, ...others }: Authentication): Record<string, string> {
  const [other] = Object.keys(others);
  if (other) throw configurationFault(`authentication by ${other} is not supported`);
  if (bearer) return { authorization: `Bearer ${bearer.token ?? ''}` };
  const pair = `${basic?.username ?? ''}:${basic?.password ?? ''}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
