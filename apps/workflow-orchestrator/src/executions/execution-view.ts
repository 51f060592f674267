import type { Execution, HistoryEvent, StepState } from '@scm/contracts';
import type { Plan } from '../machine/plan.js';
import type { StepChange } from '../machine/walk.js';
import type { ExecutionRow, HistoryEventEntity } from './execution.entities.js';

/** Inputs and outputs beyond this many characters in all are left to the history. */
const SHOWN_DATA = 262_144;

/** An execution as lists show it: without input, output and steps. */
export function toExecution(row: ExecutionRow): Execution {
  const { id, workflow, version, status, startedBy, error, parentId, attributes } = row;
  return {
    id,
    workflow,
    version,
    status,
    createdAt: row.createdAt.toISOString(),
    ...(row.endedAt && { endedAt: row.endedAt.toISOString() }),
    startedBy,
    ...(parentId && { parentId }),
    ...(attributes && { attributes }),
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
  const steps = new Map<number, StepState>();
  let room = SHOWN_DATA;
  for (const { data, at } of history) {
    for (const change of data.changes) {
      const size = JSON.stringify([change.input, change.output]).length;
      const shown = size <= room;
      if (shown) room -= size;
      steps.set(change.frame, after(steps.get(change.frame), change, at.toISOString(), shown));
    }
  }
  const visited = new Set([...steps.values()].map(({ reference }) => reference));
  const ahead = (plan.lists.get('/do') ?? []).filter(({ ref }) => !visited.has(ref));
  return [
    ...steps.values(),
    ...ahead.map(({ name, ref, kind, task }): StepState => {
      return { name, reference: ref, kind: task.call ?? kind, status: 'pending', attempt: 0 };
    }),
  ];
}

function after(before: StepState | undefined, change: StepChange, at: string, shown: boolean): StepState {
  const { frame, ref, name, kind, status, attempt = 1, input, output, error, waits, until } = change;
  const isOver = status !== 'running' && status !== 'waiting';
  return {
    step: frame,
    name,
    reference: ref,
    kind,
    status,
    attempt,
    startedAt: before?.startedAt ?? at,
    ...(isOver && { endedAt: at }),
    ...(waits && { waits }),
    ...(until && { until }),
    ...(before?.input !== undefined && { input: before.input }),
    ...(shown && input !== undefined && { input }),
    ...(shown && output !== undefined && { output }),
    ...(error && { error: { ...error } }),
  };
}
