import { isJsonObject, type JsonObject, type JsonRpcErrorBody } from '@scm/mcp-messages';
import type { Task, TaskOutcome, TaskState } from './task.js';
import { isAsking, pendingOf } from './task-answers.js';

/** How long a client may wait before it asks again, as a hint. */
const POLL_MS = 1_000;

/** The task with what comes with its status, in the canonical form. */
export function detailedTask(task: Task): JsonObject {
  return { ...common(task), ...detailsOf(task.state) };
}

/** What answers the request that became the task. */
export function createdTask(task: Task): JsonObject {
  const { status } = detailsOf(task.state);
  return { resultType: 'task', ...common(task), status };
}

export function isEnded({ status }: JsonObject): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** What a task that somebody else keeps ended with; undefined while it goes on. */
export function outcomeOf({ status, result, error }: JsonObject): TaskOutcome | undefined {
  if (status === 'completed' && isJsonObject(result)) return { status, result };
  if (status === 'failed' && isJsonObject(error)) return { status, error: error as unknown as JsonRpcErrorBody };
  return status === 'cancelled' ? { status } : undefined;
}

export function ttlMsOf({ createdAt, expiresAt }: Task): number {
  return expiresAt.getTime() - createdAt.getTime();
}

function common(task: Task): JsonObject {
  return {
    taskId: task.id,
    createdAt: task.createdAt.toISOString(),
    lastUpdatedAt: task.updatedAt.toISOString(),
    ttlMs: ttlMsOf(task),
    pollIntervalMs: POLL_MS,
  };
}

function detailsOf(state: TaskState): JsonObject {
  if (state.outcome) return { ...state.outcome };
  return isAsking(state) ? { status: 'input_required', inputRequests: pendingOf(state) } : { status: 'working' };
}
