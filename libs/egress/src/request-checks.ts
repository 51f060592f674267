import { invalidField } from '@scm/contracts';

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// Visible text and tabs; a line break would start another header.
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
// These belong to the connection, not to the request.
const connectionHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Throws INVALID_ARGUMENT unless the text is a plain http or https URL. */
export function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || url.hostname === '') throw invalidField('url', 'this is not a URL');
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalidField('url', `${url.protocol} is not http or https`);
  if (url.username !== '' || url.password !== '') throw invalidField('url', 'credentials belong in a header');
  if (url.port === '0') throw invalidField('url', 'port 0 cannot be reached');
  return url;
}

/** Throws INVALID_ARGUMENT naming a header that could change where or how the request is sent. */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!TOKEN.test(name)) throw invalidField('headers', `${JSON.stringify(name)} is not a header name`);
    if (connectionHeaders.has(name.toLowerCase())) throw invalidField('headers', `${name} cannot be set`);
    if (!FIELD_VALUE.test(value)) throw invalidField('headers', `the value of ${name} holds forbidden characters`);
  }
}
