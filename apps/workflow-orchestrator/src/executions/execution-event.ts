import type { ExecutionChanged } from '@scm/contracts';
import type { ExecutionRow, HistoryData } from './execution.entities.js';
import { isShownReference } from '../payloads/large-values.js';
import { changeShown } from './move.js';

const MAX_SHOWN = 16_384;

/**
 * The event that a transition owes: what a view of the execution needs, with inputs and outputs only when they are small
 * or references.
 */
export function eventOf(execution: ExecutionRow, type: string, data: HistoryData, at: Date): ExecutionChanged {
  const { id, workspaceId, workflow, version, status, revision, startedBy } = execution;
  const last = changeShown(data.changes);
  const isSmall = JSON.stringify(data.changes).length <= MAX_SHOWN;
  const changes = isSmall
    ? data.changes
    : data.changes.map((change) => ({ ...change, input: unlessLong(change.input), output: unlessLong(change.output) }));
  return {
    executionId: id,
    workspaceId,
    workflow,
    version,
    status,
    seq: revision,
    at: at.toISOString(),
    type,
    ...(type.startsWith('step.') && last && { step: last.name }),
    data: { startedBy, changes, ...(data.error && { error: data.error }) },
  };
}

function unlessLong(value: unknown): unknown {
  return isShownReference(value) ? value : undefined;
}
