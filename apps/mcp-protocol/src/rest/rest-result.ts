import { ServiceError } from '@scm/contracts';
import type { EgressResponse } from '@scm/egress';
import type { JsonObject } from '@scm/mcp-messages';
import { isJsonMedia } from './media.js';

/** `_meta` of a result: the status that the API answered. */
const STATUS = 'io.scm/http-status';

/** What the API answered, as the result of its tool: every status but a success is an error that the model can read. */
export function resultOf({ status, headers, body, truncated }: EgressResponse, tool: JsonObject): JsonObject {
  const mediaType = headers['content-type'] ?? '';
  const text = shown(body, mediaType);
  const said = (isError: boolean, words: string): JsonObject => ({
    resultType: 'complete',
    ...(isError && { isError }),
    content: [{ type: 'text', text: words }],
    _meta: { [STATUS]: status },
  });
  const line = `HTTP ${status}${headers['location'] ? ` location: ${headers['location']}` : ''}`;
  if (truncated) return said(true, `${line}: the answer has more than ${MAX_ANSWER} bytes`);
  if (status < 200 || status > 299) return said(true, text ? `${line}\n${text}` : line);
  const value = isJsonMedia(mediaType) ? parsed(text) : undefined;
  if (value !== undefined) return { ...said(false, text), structuredContent: value };
  if (tool['outputSchema'] === undefined) return said(false, text || line);
  return said(true, `${line}: done, but the answer is not the JSON that the API describes\n${text}`);
}

/** A call that cannot be sent as it is: the model can mend it. */
export function refusalOf({ code, message, details }: ServiceError): JsonObject {
  const content = JSON.stringify({ code, message, ...(details && { errors: details }) });
  return { resultType: 'complete', isError: true, content: [{ type: 'text', text: content }] };
}

/** Of the answer of an API: more is not read. */
export const MAX_ANSWER = 1_048_576;

function shown(body: Buffer, mediaType: string): string {
  if (body.length === 0) return '';
  const isText =
    mediaType === '' || isJsonMedia(mediaType) || /^text\/|[/+](xml|yaml|csv)\b|urlencoded/i.test(mediaType);
  return isText ? body.toString('utf8') : `${body.length} bytes of ${mediaType}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
