import { formSchema } from './elicitation-schema.js';
import { tag, text, words } from './leaves.js';
import { clientResultMeta, notification, serverRequest } from './message.js';
import { sessionMeta } from './meta.js';
import type { ModelOf } from './model-of.js';
import { before, dictionary, gone, leaf, list, object, optional, since, union, varying } from './model.js';
import { augmented } from './tasks.js';

const common = { _meta: before('2026-07-28', optional(sessionMeta)), message: text, ...augmented } as const;

/** Asks the user for the fields of a form; never for secrets. */
export const elicitFormParams = object({
  ...common,
  mode: since('2025-11-25', optional(tag('form'))),
  requestedSchema: formSchema,
});

// The later notification names it.
const elicitationId = { elicitationId: varying({ '2025-11-25': text, '2026-07-28': gone }) } as const;

/** Asks the user to go to an address; what happens there does not pass through the client. */
export const elicitUrlParams = object({ ...common, mode: tag('url'), url: text, ...elicitationId });

export const elicitParams = union(elicitFormParams, since('2025-11-25', elicitUrlParams));
export const elicitRequest = serverRequest('elicitation/create', elicitParams);

const answer = leaf('a text, a number, true or false', (value): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value),
);

/** `content` is there when the user accepted a form. */
export const elicitResult = object({
  ...clientResultMeta,
  action: words('accept', 'decline', 'cancel'),
  content: optional(dictionary(varying({ '2025-06-18': answer, '2025-11-25': union(answer, list(text)) }))),
});

/** The user is back from the address. Only 2025-11-25. */
export const elicitationCompleteNotification = notification(
  'notifications/elicitation/complete',
  object({ elicitationId: text }),
);

export type ElicitRequest = ModelOf<typeof elicitRequest>;
export type ElicitFormParams = ModelOf<typeof elicitFormParams>;
export type ElicitUrlParams = ModelOf<typeof elicitUrlParams>;
export type ElicitResult = ModelOf<typeof elicitResult>;
export type ElicitationCompleteNotification = ModelOf<typeof elicitationCompleteNotification, '2025-11-25'>;
