import { elicitRequest, elicitResult } from './elicitation.js';
import { text } from './leaves.js';
import { result } from './message.js';
import type { ModelOf } from './model-of.js';
import { dictionary, optional, since, union } from './model.js';
import { listRootsRequest, listRootsResult } from './roots.js';
import { createMessageRequest, createMessageResult } from './sampling.js';

/** An embedded request: it has no id, its key in the map stands for it. */
export const inputRequest = union(createMessageRequest, listRootsRequest, elicitRequest);
export const inputRequests = dictionary(inputRequest);

export const inputResponse = union(createMessageResult, listRootsResult, elicitResult);
export const inputResponses = dictionary(inputResponse);

/**
 * The server needs answers before it can finish: ask again with them and the same state. Since 2026-07-28.
 * `requestState` is opaque to the client, attacker-controlled input to the server.
 */
export const inputRequiredResult = result({
  inputRequests: optional(inputRequests),
  requestState: optional(text),
});

/** What a retried request carries. */
export const retried = {
  inputResponses: since('2026-07-28', optional(inputResponses)),
  requestState: since('2026-07-28', optional(text)),
} as const;

export type InputRequest = ModelOf<typeof inputRequest>;
export type InputRequests = ModelOf<typeof inputRequests>;
export type InputResponse = ModelOf<typeof inputResponse>;
export type InputResponses = ModelOf<typeof inputResponses>;
export type InputRequiredResult = ModelOf<typeof inputRequiredResult>;
