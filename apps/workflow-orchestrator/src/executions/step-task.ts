import type { StepTask } from '@scm/contracts';
import { derivedId } from '@scm/database';
import { durationMs } from '../definitions/duration.js';
import { nodeAt, type Plan } from '../machine/plan.js';
import type { Frame } from '../machine/state.js';
import type { ExecutionRow } from './execution.entities.js';
import { capabilityIn } from './move.js';

/** A worker gives a step up after this long when the document does not say otherwise. */
const DEFAULT_TIMEOUT_MS = 60_000;
/** Whoever is called over the network has less. */
const DEFAULT_ACTION_TIMEOUT_MS = 15_000;

/** The task of an open call: always the same for the same frame and attempt. */
export function stepTaskOf(plan: Plan, execution: ExecutionRow, frame: Frame): StepTask {
  const { name, task } = nodeAt(plan, frame.ref);
  const { effect, cost, limits } = task.metadata?.scm ?? {};
  const after = typeof task.timeout === 'string' ? plan.document.use?.timeouts?.[task.timeout] : task.timeout;
  const capability = capabilityIn(plan, frame);
  return {
    executionId: execution.id,
    workspaceId: execution.workspaceId,
    workflow: execution.workflow,
    step: frame.id,
    reference: frame.ref,
    name,
    call: task.call ?? '',
    capability,
    attempt: frame.attempt ?? 1,
    key: derivedId(`step|${execution.id}|${frame.id}`),
    with: (frame.own?.with ?? {}) as Record<string, unknown>,
    input: frame.data,
    timeoutMs:
      (after && durationMs(after.after)) || (capability === 'action' ? DEFAULT_ACTION_TIMEOUT_MS : DEFAULT_TIMEOUT_MS),
    startedBy: execution.startedBy,
    openedAt: frame.calledAt ?? frame.startedAt,
    ...(frame.previous && { previous: frame.previous }),
    ...(effect && effect !== 'plain' && { effect }),
    ...(cost !== undefined && { cost }),
    ...(limits && { limits }),
  };
}
