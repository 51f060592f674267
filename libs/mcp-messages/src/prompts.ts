import { cacheHint, contentBlock, icons, meta, named, role } from './content.js';
import { retried } from './input-required.js';
import { flag, text } from './leaves.js';
import { listParams, noNotificationParams, notification, page, request, requestParams, result } from './message.js';
import type { ModelOf } from './model-of.js';
import { dictionary, list, object, optional } from './model.js';

export const promptArgument = object({ ...named, description: optional(text), required: optional(flag) });

export const prompt = object({
  ...named,
  description: optional(text),
  arguments: optional(list(promptArgument)),
  ...icons,
  ...meta,
});

export const promptMessage = object({ role, content: contentBlock });

export const listPromptsRequest = request('prompts/list', listParams);
export const listPromptsResult = result({ ...cacheHint, ...page, prompts: list(prompt) });

export const getPromptParams = requestParams({ name: text, arguments: optional(dictionary(text)), ...retried });
export const getPromptRequest = request('prompts/get', getPromptParams);
export const getPromptResult = result({ description: optional(text), messages: list(promptMessage) });

export const promptListChangedNotification = notification(
  'notifications/prompts/list_changed',
  optional(noNotificationParams),
);

export type Prompt = ModelOf<typeof prompt>;
export type PromptArgument = ModelOf<typeof promptArgument>;
export type PromptMessage = ModelOf<typeof promptMessage>;
export type ListPromptsRequest = ModelOf<typeof listPromptsRequest>;
export type ListPromptsResult = ModelOf<typeof listPromptsResult>;
export type GetPromptRequest = ModelOf<typeof getPromptRequest>;
export type GetPromptResult = ModelOf<typeof getPromptResult>;
export type PromptListChangedNotification = ModelOf<typeof promptListChangedNotification>;
