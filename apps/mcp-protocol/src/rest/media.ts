import { isJsonObject, type JsonObject } from '@scm/mcp-messages';

/** Whether a media type says that a text is JSON. */
export function isJsonMedia(mediaType: string): boolean {
  return /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(mediaType);
}

/** The first of the described contents that is JSON. */
export function jsonContent(content: unknown): { mediaType: string; schema: unknown } | undefined {
  const found = Object.entries(isJsonObject(content) ? content : {}).find(([mediaType]) => isJsonMedia(mediaType));
  return found && { mediaType: found[0], schema: (found[1] as JsonObject)['schema'] ?? {} };
}
