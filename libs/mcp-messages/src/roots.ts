import { meta } from './content.js';
import { jsonObject, text } from './leaves.js';
import { clientResultMeta, noNotificationParams, notification, serverRequest } from './message.js';
import { sessionMeta } from './meta.js';
import type { ModelOf } from './model-of.js';
import { list, object, optional, varying } from './model.js';

/** A folder or file the server may work in; its URI is a `file://` one. */
export const root = object({ uri: text, name: optional(text), ...meta });

export const listRootsRequest = serverRequest(
  'roots/list',
  optional(object({ _meta: varying({ '2024-11-05': optional(sessionMeta), '2026-07-28': optional(jsonObject) }) })),
);
export const listRootsResult = object({ ...clientResultMeta, roots: list(root) });

/** Up to 2025-11-25. */
export const rootsListChangedNotification = notification(
  'notifications/roots/list_changed',
  optional(noNotificationParams),
);

export type Root = ModelOf<typeof root>;
export type ListRootsRequest = ModelOf<typeof listRootsRequest>;
export type ListRootsResult = ModelOf<typeof listRootsResult>;
export type RootsListChangedNotification = ModelOf<typeof rootsListChangedNotification, '2025-11-25'>;
