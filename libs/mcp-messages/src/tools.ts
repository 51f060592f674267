import { cacheHint, contentBlock, structuredContent } from './content.js';
import { retried } from './input-required.js';
import { flag, jsonObject, text } from './leaves.js';
import { listParams, noNotificationParams, notification, page, request, requestParams, result } from './message.js';
import type { ModelOf } from './model-of.js';
import { list, optional } from './model.js';
import { augmented } from './tasks.js';
import { tool } from './tool.js';

export const listToolsRequest = request('tools/list', listParams);
export const listToolsResult = result({ ...cacheHint, ...page, tools: list(tool) });

export const callToolParams = requestParams({
  name: text,
  arguments: optional(jsonObject),
  ...augmented,
  ...retried,
});
export const callToolRequest = request('tools/call', callToolParams);

/** A tool that failed says so here, where the model sees it; only a call that could not be made is a JSON-RPC error. */
export const callToolResult = result({ content: list(contentBlock), structuredContent, isError: optional(flag) });

export const toolListChangedNotification = notification(
  'notifications/tools/list_changed',
  optional(noNotificationParams),
);

export type ListToolsRequest = ModelOf<typeof listToolsRequest>;
export type ListToolsResult = ModelOf<typeof listToolsResult>;
export type CallToolRequest = ModelOf<typeof callToolRequest>;
export type CallToolResult = ModelOf<typeof callToolResult>;
export type ToolListChangedNotification = ModelOf<typeof toolListChangedNotification>;
