import { errorCodes, isJsonObject, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import { isAnswerTo } from '../connectors/input-answers.js';
import type { TaskState } from './task.js';

/** The questions that have no answer yet, by their keys. */
export function pendingOf({ asked, answers = {} }: TaskState): JsonObject {
  const open = Object.entries(asked?.inputRequests ?? {}).filter(([key]) => !isJsonObject(answers[key]));
  return Object.fromEntries(open);
}

/** Whether its client has to say something before it goes on. */
export function isAsking(state: TaskState): boolean {
  return state.outcome === undefined && Object.keys(pendingOf(state)).length > 0;
}

/** Everything that was asked is answered, and the tool was not called again yet. */
export function isReady(state: TaskState): boolean {
  const { outcome, asked, begunStep } = state;
  return outcome === undefined && asked?.step === begunStep && asked !== undefined && !isAsking(state);
}

/** Answers to what nobody asks, or not any more, change nothing. */
export function answered(state: TaskState, responses: JsonObject): TaskState | undefined {
  if (state.outcome) return undefined;
  const given = Object.entries(pendingOf(state)).filter(([key]) => responses[key] !== undefined);
  for (const [key, request] of given) {
    if (!isJsonObject(request) || !isAnswerTo(String(request['method']), responses[key]))
      throw new ProtocolError(errorCodes.invalidParams, `params.inputResponses.${key} does not answer what was asked`);
  }
  if (given.length === 0) return undefined;
  const answers = Object.fromEntries(given.map(([key]) => [key, responses[key]]));
  return { ...state, answers: { ...state.answers, ...answers } };
}
