import type { ExecutionChanged } from '@scm/contracts';
import type { Transition } from './advance.js';
import type { ExecutionRow } from './execution.entities.js';

const MAX_SHOWN_OUTPUT = 16_384;

/** The event that a transition owes: what a view of the execution needs, with outputs only when they are small. */
export function eventOf(
  {
    id,
    workspaceId,
    workflow,
    version,
    startedBy,
  }: Pick<ExecutionRow, 'id' | 'workspaceId' | 'workflow' | 'version' | 'startedBy'>,
  { state, type, data, at }: Transition,
  seq: number,
): ExecutionChanged {
  const { step, opened, output, error } = data;
  const shown = output !== undefined && JSON.stringify(output).length <= MAX_SHOWN_OUTPUT;
  return {
    executionId: id,
    workspaceId,
    workflow,
    version,
    status: state.status,
    seq,
    at: at.toISOString(),
    type,
    // Events of the execution as a whole name no step; `data` tells which step began or ended with it.
    ...(type.startsWith('step.') && { step: step?.name ?? opened?.name }),
    data: {
      startedBy,
      ...(step && { step }),
      ...(opened && { opened }),
      ...(shown && { output }),
      ...(error && { error }),
    },
  };
}
