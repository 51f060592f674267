import { icons, meta, named } from './content.js';
import { flag, jsonObject, tag, text } from './leaves.js';
import type { ModelOf } from './model-of.js';
import { before, dictionary, list, object, open, optional, since } from './model.js';
import { toolExecution } from './tasks.js';

const dialect = { $schema: since('2025-11-25', optional(text)) } as const;

const members = {
  properties: before('2026-07-28', optional(dictionary(jsonObject))),
  required: before('2026-07-28', optional(list(text))),
} as const;

/** JSON Schema of the arguments; since 2026-07-28 with every keyword of 2020-12. */
export const inputSchema = open({ type: tag('object'), ...dialect, ...members });

/** JSON Schema of `structuredContent`; before 2026-07-28 its type is `object`. */
export const outputSchema = open({ type: before('2026-07-28', tag('object')), ...dialect, ...members });

/** Hints of the server about its tool, not to be relied on. */
export const toolAnnotations = object({
  title: optional(text),
  readOnlyHint: optional(flag),
  destructiveHint: optional(flag),
  idempotentHint: optional(flag),
  openWorldHint: optional(flag),
});

/** `title` is shown before `annotations.title` and `name`. */
export const tool = object({
  ...named,
  description: optional(text),
  inputSchema,
  outputSchema: since('2025-06-18', optional(outputSchema)),
  annotations: since('2025-03-26', optional(toolAnnotations)),
  ...toolExecution,
  ...icons,
  ...meta,
});

export type Tool = ModelOf<typeof tool>;
export type ToolAnnotations = ModelOf<typeof toolAnnotations>;
