import type { ExecutionChanged } from '@scm/contracts';
import type { ExecutionRow, HistoryData } from './execution.entities.js';
import { isShownReference } from '../payloads/large-values.js';
import { changeShown } from './move.js';

const MAX_SHOWN = 16_384;

/** What an event says of an execution without people's values: with the transition's history it is the whole event. */
export function outlineOf(execution: ExecutionRow, type: string, data: HistoryData, at: Date): ExecutionChanged {
  const { id, workspaceId, workflow, version, status, revision, startedBy } = execution;
  const last = changeShown(data.changes);
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
    data: { startedBy },
  };
}

/**
 * The event that a transition owes: what a view of the execution needs, with inputs and outputs only when they are small
 * or references.
 */
export function eventOf(outline: ExecutionChanged, data: Pick<HistoryData, 'changes' | 'error'>): ExecutionChanged {
  const isSmall = JSON.stringify(data.changes).length <= MAX_SHOWN;
  const changes = isSmall
    ? data.changes
    : data.changes.map((change) => ({ ...change, input: unlessLong(change.input), output: unlessLong(change.output) }));
  return { ...outline, data: { ...outline.data, changes, ...(data.error && { error: data.error }) } };
}

function unlessLong(value: unknown): unknown {
  return isShownReference(value) ? value : undefined;
}
