import {
  accepts,
  createMessageResult,
  elicitResult,
  isJsonObject,
  latestRevision,
  listRootsResult,
  type JsonObject,
} from '@scm/mcp-messages';

const models = {
  'elicitation/create': elicitResult,
  'sampling/createMessage': createMessageResult,
  'roots/list': listRootsResult,
} as const;

/** Whether a client's input response fits the request it is meant for: what does not is asked for again. */
export function isAnswerTo(method: string, response: unknown): response is JsonObject {
  if (!isJsonObject(response) || !Object.hasOwn(models, method)) return false;
  return accepts(models[method as keyof typeof models], latestRevision, response);
}
