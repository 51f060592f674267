/** A string or an integer, unique among the sender's open requests; never null. */
export type RequestId = string | number;

/** Ties progress notifications to the request that asked for them. */
export type ProgressToken = string | number;

export type JsonObject = Record<string, unknown>;

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

/** A request of one method. */
export interface RequestOf<Method extends string, Params extends object> {
  jsonrpc: '2.0';
  id: RequestId;
  method: Method;
  params: Params;
}

/** A notification of one method. */
export interface NotificationOf<Method extends string, Params extends object> {
  jsonrpc: '2.0';
  method: Method;
  params: Params;
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

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
