import { isJsonObject, type JsonObject } from '@scm/mcp-messages';
import type { LegacySession, Welcome } from './legacy-session.js';
import type { SessionCall } from './session-calls.js';

const RELATED_TASK = 'io.modelcontextprotocol/related-task';

/** Whether the upstream runs tools as tasks of its own when it is asked to. */
export function runsTasks({ revision, capabilities }: Welcome): boolean {
  const { tasks } = capabilities;
  const requests = isJsonObject(tasks) ? tasks['requests'] : undefined;
  return revision === '2025-11-25' && isJsonObject(requests) && isJsonObject(requests['tools']);
}

/** What an upstream's own task ends with, which it is asked for until then; an answer that is no task is the result. */
export async function resultOfTask(
  session: LegacySession,
  answer: JsonObject,
  signal: AbortSignal,
  call: SessionCall,
): Promise<JsonObject> {
  const { task } = answer;
  if (!isJsonObject(task) || answer['content'] !== undefined) return answer;
  const params = { taskId: task['taskId'] };
  try {
    return unrelated(await session.request({ method: 'tasks/result', params, signal }, call));
  } catch (error) {
    if (signal.aborted) await session.ask('tasks/cancel', params).catch(() => undefined);
    throw error;
  }
}

/** The upstream's task is nothing that the client knows. */
function unrelated(result: JsonObject): JsonObject {
  const { _meta, ...rest } = result;
  if (!isJsonObject(_meta)) return result;
  const { [RELATED_TASK]: _, ...meta } = _meta;
  return { ...rest, ...(Object.keys(meta).length > 0 && { _meta: meta }) };
}
