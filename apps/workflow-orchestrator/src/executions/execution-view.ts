import type { Execution, HistoryEvent, StepState } from '@scm/contracts';
import type { Plan } from '../definitions/plan.js';
import type { ExecutionRow, HistoryEventEntity } from './execution.entities.js';

/** Outputs beyond this many characters in all are left to the history. */
const SHOWN_OUTPUT = 262_144;

/** An execution as lists show it: without input, output and steps. */
export function toExecution(row: ExecutionRow): Execution {
  const { id, workflow, version, status, startedBy, error } = row;
  return {
    id,
    workflow,
    version,
    status,
    createdAt: row.createdAt.toISOString(),
    ...(row.endedAt && { endedAt: row.endedAt.toISOString() }),
    startedBy,
    ...(error && { error: { ...error } }),
    ...(row.traceparent && { traceId: row.traceparent.split('-')[1] }),
  };
}

/** An execution with all its steps, also those it has not come to. */
export function toWholeExecution(row: ExecutionRow, plan: Plan, history: readonly HistoryEventEntity[]): Execution {
  const { input, output, status } = row;
  return Object.assign(toExecution(row), {
    input,
    ...(status === 'completed' && { output }),
    steps: stepsOf(plan, history),
  });
}

export function toHistoryEvent({ seq, at, type, data }: HistoryEventEntity): HistoryEvent {
  return { seq, at: at.toISOString(), type, data: { ...data } };
}

function stepsOf(plan: Plan, history: readonly HistoryEventEntity[]): StepState[] {
  const states = new Map<string, StepState>(
    plan.steps.map(({ name, reference, capability }) => [
      reference,
      { name, reference, capability, status: 'pending', attempt: 0 },
    ]),
  );
  let room = SHOWN_OUTPUT;
  for (const { data } of history) {
    const { step, opened, output, error } = data;
    if (step) {
      const size = output === undefined ? 0 : JSON.stringify(output).length;
      const shown = output !== undefined && size <= room;
      if (shown) room -= size;
      const { retryAt: _, ...state } = step;
      states.set(step.reference, { ...state, ...(shown && { output }), ...(error && { error: { ...error } }) });
    }
    if (opened) states.set(opened.reference, { ...opened });
  }
  return [...states.values()];
}
