import type { Execution } from '@scm/contracts';
import type { JsonObject } from '@scm/mcp-messages';
import { resultOf } from './workflow-tool.js';

const POLL_MS = 1_000;

/** An execution as a task, which has its id. */
export function taskOf(execution: Execution): JsonObject {
  return { ...common(execution), ...stateOf(execution) };
}

/** What answers the call that started it. */
export function createdTaskOf(execution: Execution): JsonObject {
  return { resultType: 'task', ...common(execution), status: 'working' };
}

function common(execution: Execution): JsonObject {
  const { id, createdAt } = execution;
  return { taskId: id, createdAt, lastUpdatedAt: lastChangeOf(execution), ttlMs: null, pollIntervalMs: POLL_MS };
}

/** One that did not end well has a result that says so: the protocol did its part. */
function stateOf(execution: Execution): JsonObject {
  switch (execution.status) {
    case 'completed':
    case 'faulted':
    case 'compensation-failed':
      return { status: 'completed', result: resultOf(execution) };
    case 'cancelled':
      return { status: 'cancelled' };
    default:
      return { status: 'working', statusMessage: `the execution is ${execution.status}` };
  }
}

function lastChangeOf({ createdAt, endedAt, steps = [] }: Execution): string {
  const times = steps.flatMap((step) => [step.startedAt ?? createdAt, step.endedAt ?? createdAt]);
  return endedAt ?? times.reduce((last, time) => (time > last ? time : last), createdAt);
}
