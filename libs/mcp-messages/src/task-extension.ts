import type { Extension } from './extension.js';
import { inputRequests } from './input-required.js';
import { errorBody } from './json-rpc.js';
import { integer, jsonObject, tag, text } from './leaves.js';
import { emptyResult, notification, notificationParams, request, requestParams, result } from './message.js';
import { resultMeta } from './meta.js';
import type { Method } from './method.js';
import type { ModelOf } from './model-of.js';
import { dictionary, list, object, optional, union } from './model.js';
import { subscriptionFilter } from './subscriptions.js';
import { integerOrNull, taskStatus } from './tasks.js';

/** Tasks since 2026-07-28: the server decides what becomes one, and its result stands in it. */
const id = 'io.modelcontextprotocol/tasks';

const common = {
  taskId: text,
  statusMessage: optional(text),
  createdAt: text,
  lastUpdatedAt: text,
  ttlMs: integerOrNull,
  pollIntervalMs: optional(integer),
} as const;

// A tool that failed has completed its task: its result says `isError`.
const working = { ...common, status: tag('working') } as const;
const inputRequired = { ...common, status: tag('input_required'), inputRequests } as const;
const completed = { ...common, status: tag('completed'), result: jsonObject } as const;
const failed = { ...common, status: tag('failed'), error: errorBody } as const;
const cancelled = { ...common, status: tag('cancelled') } as const;

/** A task with what comes with its status. Times are ISO 8601; `ttlMs` is null for without end. */
export const detailedTask = union(
  object(working),
  object(inputRequired),
  object(completed),
  object(failed),
  object(cancelled),
);

/** Answers a request that became a task. */
export const taskCreatedResult = object({
  _meta: resultMeta,
  resultType: tag('task'),
  ...common,
  status: taskStatus,
});

const ofTask = requestParams({ taskId: text });

export const getDetailedTaskRequest = request('tasks/get', ofTask);
export const getDetailedTaskResult = union(
  result(working),
  result(inputRequired),
  result(completed),
  result(failed),
  result(cancelled),
);

/** Answers under keys that nobody asks for any more are ignored, whatever they are. */
export const updateTaskRequest = request(
  'tasks/update',
  requestParams({ taskId: text, inputResponses: dictionary(jsonObject) }),
);

/** A wish; the task may end in another way. */
export const cancelDetailedTaskRequest = request('tasks/cancel', ofTask);

/** Told to those whose `subscriptions/listen` names the task. */
export const taskNotification = notification(
  'notifications/tasks',
  union(
    notificationParams(working),
    notificationParams(inputRequired),
    notificationParams(completed),
    notificationParams(failed),
    notificationParams(cancelled),
  ),
);

/** What `subscriptions/listen` may ask for, and its acknowledgement agree to. */
export const taskSubscriptionFilter = object({ ...subscriptionFilter.fields, taskIds: optional(list(text)) });

const sent = { since: '2026-07-28', senders: ['client'], kind: 'request' } as const satisfies Partial<Method>;

/** Both peers declare it; without that its methods are refused with -32021. */
export const tasksExtension = {
  id,
  methods: {
    'tasks/get': { ...sent, message: getDetailedTaskRequest, result: getDetailedTaskResult },
    'tasks/update': { ...sent, message: updateTaskRequest, result: emptyResult },
    'tasks/cancel': { ...sent, message: cancelDetailedTaskRequest, result: emptyResult },
    'notifications/tasks': {
      since: '2026-07-28',
      senders: ['server'],
      kind: 'notification',
      message: taskNotification,
    },
  },
  results: { task: { answers: ['tools/call'], model: taskCreatedResult } },
} as const satisfies Extension;

export type DetailedTask = ModelOf<typeof detailedTask>;
export type TaskCreatedResult = ModelOf<typeof taskCreatedResult>;
export type UpdateTaskRequest = ModelOf<typeof updateTaskRequest>;
export type TaskNotification = ModelOf<typeof taskNotification>;
