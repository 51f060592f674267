import { count, flag, integer, jsonObject, anything, share, tag, text, words } from './leaves.js';
import type { ModelOf } from './model-of.js';
import { list, object, optional, since, union, varying } from './model.js';

export const role = words('user', 'assistant');

/** Hints for whoever shows or uses a piece of content. `lastModified` is ISO 8601. */
export const annotations = object({
  audience: optional(list(role)),
  priority: optional(share),
  lastModified: since('2025-06-18', optional(text)),
});

/** `sizes` are such as `48x48`, or `any`. */
export const icon = object({
  src: text,
  mimeType: optional(text),
  sizes: optional(list(text)),
  theme: optional(words('light', 'dark')),
});

export const icons = { icons: since('2025-11-25', optional(list(icon))) } as const;

/** What things that are named also have. A title is for people, the name for programs. */
export const named = { name: text, title: since('2025-06-18', optional(text)) } as const;

export const meta = { _meta: since('2025-06-18', optional(jsonObject)) } as const;

const described = { annotations: optional(annotations), ...meta } as const;

export const textContent = object({ type: tag('text'), text, ...described });

/** `data` is base64. */
export const imageContent = object({ type: tag('image'), data: text, mimeType: text, ...described });

/** `data` is base64. */
export const audioContent = object({ type: tag('audio'), data: text, mimeType: text, ...described });

const contents = { uri: text, mimeType: optional(text), ...meta } as const;

export const resourceContents = object(contents);

export const textResourceContents = object({ ...contents, text });

/** `blob` is base64. */
export const blobResourceContents = object({ ...contents, blob: text });

export const anyResourceContents = union(textResourceContents, blobResourceContents);

export const embeddedResource = object({ type: tag('resource'), resource: anyResourceContents, ...described });

/** `size` is in bytes, before any encoding. */
export const resourceFields = {
  ...named,
  uri: text,
  description: optional(text),
  mimeType: optional(text),
  size: optional(integer),
  ...described,
  ...icons,
} as const;

export const resourceLink = object({ type: tag('resource_link'), ...resourceFields });

/** What tools and prompts give. */
export const contentBlock = union(
  textContent,
  imageContent,
  since('2025-03-26', audioContent),
  since('2025-06-18', resourceLink),
  embeddedResource,
);

/** What a tool gives for programs: an object, since 2026-07-28 any JSON value. */
export const structuredContent = varying({ '2025-06-18': optional(jsonObject), '2026-07-28': optional(anything) });

/** A model's wish to call a tool. */
export const toolUseContent = object({ type: tag('tool_use'), id: text, name: text, input: jsonObject, ...meta });

export const toolResultContent = object({
  type: tag('tool_result'),
  toolUseId: text,
  content: list(contentBlock),
  structuredContent,
  isError: optional(flag),
  ...meta,
});

/** How long a result may be kept, in milliseconds, and whether callers may share it. */
export const cacheHint = {
  ttlMs: since('2026-07-28', count),
  cacheScope: since('2026-07-28', words('public', 'private')),
} as const;

export type Annotations = ModelOf<typeof annotations>;
export type Icon = ModelOf<typeof icon>;
export type TextContent = ModelOf<typeof textContent>;
export type ImageContent = ModelOf<typeof imageContent>;
export type AudioContent = ModelOf<typeof audioContent>;
export type ResourceLink = ModelOf<typeof resourceLink>;
export type EmbeddedResource = ModelOf<typeof embeddedResource>;
export type TextResourceContents = ModelOf<typeof textResourceContents>;
export type BlobResourceContents = ModelOf<typeof blobResourceContents>;
export type ContentBlock = ModelOf<typeof contentBlock>;
export type ToolUseContent = ModelOf<typeof toolUseContent>;
export type ToolResultContent = ModelOf<typeof toolResultContent>;
