import { audioContent, imageContent, role, textContent, toolResultContent, toolUseContent } from './content.js';
import { integer, jsonObject, number, share, text, words } from './leaves.js';
import { serverRequest } from './message.js';
import { sessionMeta } from './meta.js';
import type { ModelOf } from './model-of.js';
import { before, list, object, optional, since, union, varying } from './model.js';
import { augmented } from './tasks.js';
import { tool } from './tool.js';

export const modelHint = object({ name: optional(text) });

/** What the server would like of the model; the client chooses it. */
export const modelPreferences = object({
  hints: optional(list(modelHint)),
  costPriority: optional(share),
  speedPriority: optional(share),
  intelligencePriority: optional(share),
});

export const samplingContentBlock = union(
  textContent,
  imageContent,
  since('2025-03-26', audioContent),
  since('2025-11-25', toolUseContent),
  since('2025-11-25', toolResultContent),
);

const content = varying({
  '2024-11-05': samplingContentBlock,
  '2025-11-25': union(samplingContentBlock, list(samplingContentBlock)),
});

export const samplingMessage = object({ role, content, _meta: since('2025-11-25', optional(jsonObject)) });

export const toolChoice = object({ mode: optional(words('auto', 'required', 'none')) });

/** `tools` and `toolChoice` need the capability `sampling.tools`, other contexts than `none` `sampling.context`. */
export const createMessageParams = object({
  _meta: before('2026-07-28', optional(sessionMeta)),
  messages: list(samplingMessage),
  modelPreferences: optional(modelPreferences),
  systemPrompt: optional(text),
  includeContext: optional(words('none', 'thisServer', 'allServers')),
  temperature: optional(number),
  maxTokens: integer,
  stopSequences: optional(list(text)),
  metadata: optional(jsonObject),
  tools: since('2025-11-25', optional(list(tool))),
  toolChoice: since('2025-11-25', optional(toolChoice)),
  ...augmented,
});
export const createMessageRequest = serverRequest('sampling/createMessage', createMessageParams);
export const createMessageResult = object({
  _meta: optional(jsonObject),
  role,
  content,
  model: text,
  stopReason: optional(text),
});

export type ModelPreferences = ModelOf<typeof modelPreferences>;
export type SamplingMessage = ModelOf<typeof samplingMessage>;
export type ToolChoice = ModelOf<typeof toolChoice>;
export type CreateMessageRequest = ModelOf<typeof createMessageRequest>;
export type CreateMessageResult = ModelOf<typeof createMessageResult>;
