import { icons, named } from './content.js';
import { flag, jsonObject, text } from './leaves.js';
import type { ModelOf } from './model-of.js';
import { dictionary, object, optional, since, varying } from './model.js';
import { clientTasks, serverTasks } from './tasks.js';

/** The software at one end. */
export const implementation = object({
  ...named,
  version: text,
  description: since('2025-11-25', optional(text)),
  websiteUrl: since('2025-11-25', optional(text)),
  ...icons,
});

const mayBe = optional(jsonObject);

const announcing = optional(object({ listChanged: optional(flag) }));

const common = {
  experimental: optional(dictionary(jsonObject)),
  extensions: since('2026-07-28', optional(dictionary(jsonObject))),
} as const;

/** An empty `elicitation` means forms only. */
export const clientCapabilities = object({
  ...common,
  roots: varying({ '2024-11-05': announcing, '2026-07-28': mayBe }),
  sampling: varying({ '2024-11-05': mayBe, '2025-11-25': optional(object({ context: mayBe, tools: mayBe })) }),
  elicitation: varying({ '2025-06-18': mayBe, '2025-11-25': optional(object({ form: mayBe, url: mayBe })) }),
  ...clientTasks,
});

export const serverCapabilities = object({
  ...common,
  logging: mayBe,
  completions: since('2025-03-26', mayBe),
  prompts: announcing,
  resources: optional(object({ subscribe: optional(flag), listChanged: optional(flag) })),
  tools: announcing,
  ...serverTasks,
});

export type Implementation = ModelOf<typeof implementation>;
export type ClientCapabilities = ModelOf<typeof clientCapabilities>;
export type ServerCapabilities = ModelOf<typeof serverCapabilities>;
