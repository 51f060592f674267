import type { JsonObject } from '@scm/mcp-messages';
import type { Exchange } from '../protocol/exchange.js';
import type { Task, TaskCall, TaskState } from './task.js';
import { withoutTasks } from './task-support.js';

/** The call of its tool, for whoever made the task. */
export function exchangeOf(
  { server, expiresAt, state }: Task,
  { actor, params, isTaskOnly }: TaskCall,
  signal: AbortSignal,
): Exchange {
  return {
    method: 'tools/call',
    params: { ...withoutTasks(params), ...continued(state) },
    actor,
    ...(server !== undefined && { server }),
    signal,
    limitMs: Math.max(1, expiresAt.getTime() - Date.now()),
    runsAsTask: isTaskOnly,
    notify: () => {},
  };
}

/** What a tool that asked for something is called with again. */
function continued({ asked, answers = {} }: TaskState): JsonObject {
  if (!asked) return {};
  const { requestState } = asked;
  return { inputResponses: answers, ...(requestState !== undefined && { requestState }) };
}
