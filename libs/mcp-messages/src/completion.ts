import { named } from './content.js';
import { flag, integer, tag, text } from './leaves.js';
import { request, requestParams, result } from './message.js';
import type { ModelOf } from './model-of.js';
import { dictionary, list, object, optional, since, union, varying } from './model.js';

export const promptReference = object({ type: tag('ref/prompt'), ...named });

/** `uri` is a URI or a template (RFC 6570). */
export const resourceTemplateReference = object({ type: tag('ref/resource'), uri: text });

/** `context` holds the arguments that are known already. */
export const completeParams = requestParams({
  ref: union(promptReference, resourceTemplateReference),
  argument: object({ name: text, value: text }),
  context: since('2025-06-18', optional(object({ arguments: optional(dictionary(text)) }))),
});
export const completeRequest = request('completion/complete', completeParams);

/** `total` counts what there is, of which `values` are the first, at most 100. */
export const completionResult = result({
  completion: object({
    values: varying({ '2024-11-05': list(text), '2026-07-28': list(text, 100) }),
    total: optional(integer),
    hasMore: optional(flag),
  }),
});

export type CompleteRequest = ModelOf<typeof completeRequest>;
export type CompletionResult = ModelOf<typeof completionResult>;
