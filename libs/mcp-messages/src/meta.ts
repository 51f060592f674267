import { clientCapabilities, implementation } from './capabilities.js';
import { jsonObject, text, token } from './leaves.js';
import { logLevel } from './log-level.js';
import { metaKeys } from './meta-keys.js';
import type { ModelOf } from './model-of.js';
import { open, optional, varying } from './model.js';

/** What a request of a session says beside its parameters. */
export const sessionMeta = open({ progressToken: optional(token) });

/** What a stateless request says about its sender. */
export const statelessMeta = open({
  [metaKeys.protocolVersion]: text,
  [metaKeys.clientCapabilities]: clientCapabilities,
  /** Self-reported: for display and logs, never for decisions. */
  [metaKeys.clientInfo]: optional(implementation),
  /** Without a level the client wants no log messages for this request. */
  [metaKeys.logLevel]: optional(logLevel),
  progressToken: optional(token),
});

export const requestMeta = varying({ '2024-11-05': optional(sessionMeta), '2026-07-28': statelessMeta });

/** `subscriptionId` is the id of the request that opened the subscription. */
export const notificationMetaObject = open({ [metaKeys.subscriptionId]: optional(token) });

export const notificationMeta = varying({
  '2024-11-05': optional(jsonObject),
  '2026-07-28': optional(notificationMetaObject),
});

export const resultMetaObject = open({ [metaKeys.serverInfo]: optional(implementation) });

export const resultMeta = varying({ '2024-11-05': optional(jsonObject), '2026-07-28': optional(resultMetaObject) });

export type RequestMeta = ModelOf<typeof statelessMeta>;
export type ResultMeta = ModelOf<typeof resultMetaObject>;
