import type { JsonObject } from './json.js';
import { anything, integer, jsonObject, tag, text, token } from './leaves.js';
import { gone, list, object, optional, union, varying } from './model.js';
import { emptyResult } from './message.js';
import { sessionMeta } from './meta.js';

/** A string or an integer, unique among the sender's open requests; never null. */
export type RequestId = string | number;

/** Ties progress notifications to the request that asked for them. */
export type ProgressToken = string | number;

export interface JsonRpcRequest {
  jsonrpc: '2.0';
  id: RequestId;
  method: string;
  params?: JsonObject;
}

export interface JsonRpcNotification {
  jsonrpc: '2.0';
  method: string;
  params?: JsonObject;
}

export interface JsonRpcResultResponse<Result extends object = JsonObject> {
  jsonrpc: '2.0';
  id: RequestId;
  result: Result;
}

export interface JsonRpcErrorResponse {
  jsonrpc: '2.0';
  /** Absent when the request could not be read far enough. */
  id?: RequestId;
  error: JsonRpcErrorBody;
}

export interface JsonRpcErrorBody {
  code: number;
  message: string;
  data?: unknown;
}

export type JsonRpcMessage = JsonRpcRequest | JsonRpcNotification | JsonRpcResultResponse | JsonRpcErrorResponse;

const version = tag('2.0');

/** What requests have in common; from 2025-11-25 on the methods' own models say the rest. */
export const plainRequest = object({
  method: text,
  params: optional(varying({ '2024-11-05': object({ _meta: optional(sessionMeta) }), '2025-11-25': jsonObject })),
});

export const plainNotification = object({
  method: text,
  params: optional(varying({ '2024-11-05': object({ _meta: optional(jsonObject) }), '2025-11-25': jsonObject })),
});

export const jsonRpcRequest = object({ jsonrpc: version, id: token, ...plainRequest.fields });

export const jsonRpcNotification = object({ jsonrpc: version, ...plainNotification.fields });

export const errorBody = object({ code: integer, message: text, data: optional(anything) });

export const errorResponse = object({
  jsonrpc: version,
  id: varying({ '2024-11-05': token, '2025-11-25': optional(token) }),
  error: errorBody,
});

/** A response whose result is yet to be judged by the method it answers. */
export const plainResultResponse = object({ jsonrpc: version, id: token, result: emptyResult });

export const batchOfCalls = list(union(jsonRpcRequest, jsonRpcNotification));

export const batchOfAnswers = list(union(plainResultResponse, errorResponse));

const onlyIn0326 = <const P extends typeof batchOfCalls | typeof batchOfAnswers>(part: P) =>
  varying({ '2025-03-26': part, '2025-06-18': gone });

export const jsonRpcMessage = union(
  jsonRpcRequest,
  jsonRpcNotification,
  onlyIn0326(batchOfCalls),
  plainResultResponse,
  errorResponse,
  onlyIn0326(batchOfAnswers),
);
