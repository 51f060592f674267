import type { Scope } from '../definitions/expression.js';
import type { Plan } from './plan.js';
import type { Frame, MachineState } from './state.js';

/** What is known of an execution from its start. */
export interface Started {
  id: string;
  workspaceId: string;
  workflow: string;
  input: unknown;
  startedBy: string;
  createdAt: Date;
}

/** What an expression of a frame sees: `.` is `data`. */
export function scopeOf(
  { plan, started, state }: { plan: Plan; started: Started; state: MachineState },
  frame: Frame,
  data: unknown,
  more: Record<string, unknown> = {},
): Scope {
  const { id, input, createdAt } = started;
  const node = plan.nodes.get(frame.ref);
  return {
    data,
    variables: {
      ...variablesOf(state, frame),
      input: frame.data,
      context: state.context ?? {},
      workflow: { id, input, startedAt: timeOf(createdAt), definition: plan.document },
      task: node && {
        name: node.name,
        reference: frame.ref,
        definition: node.task,
        input: frame.data,
        startedAt: timeOf(new Date(frame.startedAt)),
      },
      runtime: { name: 'system-context-monitor' },
      secrets: {},
      authorization: null,
      ...more,
    },
  };
}

/** The names that loops and handlers above have given; the nearest wins. */
function variablesOf(state: MachineState, frame: Frame): Record<string, unknown> {
  const above = frame.parent === null ? undefined : state.frames[frame.parent];
  return { ...(above && variablesOf(state, above)), ...frame.vars };
}

function timeOf(time: Date): object {
  const milliseconds = time.getTime();
  return { iso8601: time.toISOString(), epoch: { seconds: Math.floor(milliseconds / 1_000), milliseconds } };
}
