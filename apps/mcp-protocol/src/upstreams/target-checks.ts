import { invalidField } from '@scm/contracts';

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
const VALUE = /^[\t\x20-\x7e]*$/;

// These are the connection's and the protocol's own.
const reserved =
  /^(accept|connection|content-.*|expect|host|keep-alive|last-event-id|mcp-.*|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;

/** Throws INVALID_ARGUMENT unless it is a plain http or https URL. Where it leads is judged when it is connected to. */
export function checkUrl(text: string, field = 'url'): void {
  const url = URL.parse(text);
  if (!url || !url.hostname) throw invalidField(field, 'is not a URL');
  if (url.username || url.password) throw invalidField(field, 'must not hold credentials: they belong in a header');
  if (url.hash) throw invalidField(field, 'must not have a fragment');
}

/** Throws INVALID_ARGUMENT unless it is a URL that paths can be put behind. */
export function checkBaseUrl(text: string | null): void {
  if (text === null) throw invalidField('url', 'is missing, and the document does not say it');
  checkUrl(text);
  if (/[?{}]/.test(text)) throw invalidField('url', 'must not have a query or variables');
}

/** Throws INVALID_ARGUMENT for a header that would change how messages are sent. */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name)) throw invalidField('headers', `${JSON.stringify(name)} is not a header name`);
    if (reserved.test(name)) throw invalidField('headers', `${name} cannot be set`);
    if (!VALUE.test(value)) throw invalidField('headers', `the value of ${name} holds forbidden characters`);
  }
}
