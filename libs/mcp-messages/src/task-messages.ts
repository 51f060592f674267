import { text } from './leaves.js';
import { listParams, notification, notificationParams, page, request, result } from './message.js';
import type { ModelOf } from './model-of.js';
import { list, object } from './model.js';
import { task } from './tasks.js';

// These parameters have no `_meta` model of their own in the revision that has tasks.
const ofTask = object({ taskId: text });

export const getTaskRequest = request('tasks/get', ofTask);
export const getTaskResult = result(task.fields);

/** Waits for the task and gives the result of the request that it came from. */
export const getTaskPayloadRequest = request('tasks/result', ofTask);
export const getTaskPayloadResult = result({});

export const cancelTaskRequest = request('tasks/cancel', ofTask);
export const cancelTaskResult = result(task.fields);

export const listTasksRequest = request('tasks/list', listParams);
export const listTasksResult = result({ ...page, tasks: list(task) });

/** Answers a request that became a task. */
export const createTaskResult = result({ task });

export const taskStatusNotificationParams = notificationParams(task.fields);
export const taskStatusNotification = notification('notifications/tasks/status', taskStatusNotificationParams);

export type GetTaskRequest = ModelOf<typeof getTaskRequest, '2025-11-25'>;
export type GetTaskResult = ModelOf<typeof getTaskResult, '2025-11-25'>;
export type GetTaskPayloadRequest = ModelOf<typeof getTaskPayloadRequest, '2025-11-25'>;
export type GetTaskPayloadResult = ModelOf<typeof getTaskPayloadResult, '2025-11-25'>;
export type CancelTaskRequest = ModelOf<typeof cancelTaskRequest, '2025-11-25'>;
export type CancelTaskResult = ModelOf<typeof cancelTaskResult, '2025-11-25'>;
export type ListTasksRequest = ModelOf<typeof listTasksRequest, '2025-11-25'>;
export type ListTasksResult = ModelOf<typeof listTasksResult, '2025-11-25'>;
export type CreateTaskResult = ModelOf<typeof createTaskResult, '2025-11-25'>;
export type TaskStatusNotification = ModelOf<typeof taskStatusNotification, '2025-11-25'>;
