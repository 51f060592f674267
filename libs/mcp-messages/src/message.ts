import { jsonObject, tag, text, token } from './leaves.js';
import { notificationMeta, requestMeta, resultMeta } from './meta.js';
import { before, object, optional, since, varying, type Fields, type Part } from './model.js';

const version = tag('2.0');

/** A request of one method, as it is on the wire. */
export function request<const Method extends string, const Params extends Part>(method: Method, params: Params) {
  return object({ jsonrpc: version, id: token, method: tag(method), params });
}

/** A request of the server: since 2026-07-28 it stands in a result, without an envelope. */
export function serverRequest<const Method extends string, const Params extends Part>(method: Method, params: Params) {
  return object({
    jsonrpc: before('2026-07-28', version),
    id: before('2026-07-28', token),
    method: tag(method),
    params,
  });
}

export function notification<const Method extends string, const Params extends Part>(method: Method, params: Params) {
  return object({ jsonrpc: version, method: tag(method), params });
}

export function requestParams<const F extends Fields>(fields: F) {
  return object({ _meta: requestMeta, ...fields });
}

export function notificationParams<const F extends Fields>(fields: F) {
  return object({ _meta: notificationMeta, ...fields });
}

/** What a server answers. `resultType` says how to read it: complete, input_required, or what an extension adds. */
export function result<const F extends Fields>(fields: F) {
  return object({ _meta: resultMeta, resultType: since('2026-07-28', text), ...fields });
}

export const noParams = requestParams({});

export const noNotificationParams = notificationParams({});

export const emptyResult = result({});

export const pageParams = requestParams({ cursor: optional(text) });

/** The first page could be asked for without any parameters. */
export const listParams = varying({ '2024-11-05': optional(pageParams), '2026-07-28': pageParams });

export const page = { nextCursor: optional(text) } as const;

/** `_meta` of what clients answer. */
export const clientResultMeta = { _meta: before('2026-07-28', optional(jsonObject)) } as const;
