import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import type { TaskOutcome } from '../context.js';
import { without } from '../members.js';

/** A task of 2025-11-25 as the extension has it, without what its status comes with. */
export function extensionTask(task: JsonObject): JsonObject {
  const { ttl, pollInterval, ttlMs = ttl ?? null, ...rest } = task;
  return { ...rest, ttlMs, ...(pollInterval !== undefined && { pollIntervalMs: pollInterval }) };
}

/** A task of the extension as 2025-11-25 has it; there its result is asked for. */
export function coreTask(task: JsonObject): JsonObject {
  const {
    ttlMs,
    pollIntervalMs,
    ttl = ttlMs ?? null,
    status,
    ...rest
  } = without(task, 'result', 'error', 'inputRequests');
  return {
    ...rest,
    status: hasFailed(task) ? 'failed' : status,
    ttl,
    ...(pollIntervalMs !== undefined && { pollInterval: pollIntervalMs }),
  };
}

// A tool that failed fails its task in 2025-11-25, and completes it in the extension.
function hasFailed({ status, result }: JsonObject): boolean {
  return status === 'completed' && isJsonObject(result) && result['isError'] === true;
}

/** With what came of the task; undefined where its status comes with something that is not known. */
export function detailedTask(task: JsonObject, outcome: TaskOutcome = {}): JsonObject | undefined {
  const flat = extensionTask(task);
  const { result, error, inputRequests } = outcome;
  switch (flat['status']) {
    case 'completed':
    case 'failed':
      if (result) return { ...flat, status: 'completed', result };
      return error && { ...flat, status: 'failed', error };
    case 'input_required':
      return inputRequests && { ...flat, inputRequests };
    default:
      return flat;
  }
}
