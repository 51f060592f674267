import { integer, jsonObject, text, words } from './leaves.js';
import type { ModelOf } from './model-of.js';
import { gone, leaf, object, optional, varying, type Part } from './model.js';

// The core had tasks in one revision; since then they are an extension.
const onlyIn1125 = <const P extends Part>(part: P) => varying({ '2025-11-25': part, '2026-07-28': gone });

const mayBe = optional(jsonObject);

export const clientTasks = {
  tasks: onlyIn1125(
    optional(
      object({
        list: mayBe,
        cancel: mayBe,
        requests: optional(
          object({
            sampling: optional(object({ createMessage: mayBe })),
            elicitation: optional(object({ create: mayBe })),
          }),
        ),
      }),
    ),
  ),
} as const;

export const serverTasks = {
  tasks: onlyIn1125(
    optional(
      object({
        list: mayBe,
        cancel: mayBe,
        requests: optional(object({ tools: optional(object({ call: mayBe })) })),
      }),
    ),
  ),
} as const;

/** The wish that a request becomes a task; `ttl` in milliseconds. */
export const taskMetadata = object({ ttl: optional(integer) });

export const augmented = { task: onlyIn1125(optional(taskMetadata)) } as const;

export const relatedTask = object({ taskId: text });

export const taskSupport = words('forbidden', 'optional', 'required');

export const toolExecution = {
  execution: onlyIn1125(optional(object({ taskSupport: optional(taskSupport) }))),
} as const;

export const taskStatus = words('working', 'input_required', 'completed', 'failed', 'cancelled');

export const integerOrNull = leaf(
  'an integer or null',
  (value): value is number | null => value === null || Number.isInteger(value),
);

/** Times are ISO 8601; `ttl`, null for without end, and `pollInterval` are in milliseconds. */
export const task = object({
  taskId: text,
  status: taskStatus,
  statusMessage: optional(text),
  createdAt: text,
  lastUpdatedAt: text,
  ttl: integerOrNull,
  pollInterval: optional(integer),
});

export type Task = ModelOf<typeof task, '2025-11-25'>;
export type TaskMetadata = ModelOf<typeof taskMetadata, '2025-11-25'>;
