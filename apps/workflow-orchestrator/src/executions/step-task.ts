import type { StepTask } from '@scm/contracts';
import { derivedId } from '@scm/database';
import { evaluate, type Scope } from '../definitions/expression.js';
import { DEFAULT_TIMEOUT_MS, type Plan, type PlannedStep } from '../definitions/plan.js';
import type { ExecutionRow } from './execution.entities.js';

export type Walked = Pick<
  ExecutionRow,
  'id' | 'workspaceId' | 'workflow' | 'input' | 'data' | 'context' | 'cursor' | 'attempt' | 'startedBy' | 'createdAt'
>;

/** The task of the open step: always the same for the same row. Throws ExpressionError. */
export function stepTaskOf(plan: Plan, execution: Walked): StepTask {
  const step = stepAt(plan, execution.cursor);
  const input = inputOf(plan, execution);
  const args = evaluate(step.with, scopeOf(plan, execution, input, { input }));
  return {
    executionId: execution.id,
    workspaceId: execution.workspaceId,
    workflow: execution.workflow,
    reference: step.reference,
    name: step.name,
    capability: step.capability,
    attempt: execution.attempt,
    key: derivedId(`step|${execution.id}|${step.reference}`),
    with: args as Record<string, unknown>,
    input,
    timeoutMs: step.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    startedBy: execution.startedBy,
  };
}

/** What the open step works on: the output of the one before, through its `input.from`. */
export function inputOf(plan: Plan, execution: Walked): unknown {
  const { inputFrom } = stepAt(plan, execution.cursor);
  return inputFrom === undefined
    ? execution.data
    : evaluate(inputFrom, scopeOf(plan, execution, execution.data, { input: execution.data }));
}

/** What an expression of the open step sees. */
export function scopeOf(
  plan: Plan,
  execution: Walked,
  data: unknown,
  more: { input?: unknown; output?: unknown },
): Scope {
  const { id, input, createdAt, context } = execution;
  const startedAt = { iso8601: createdAt.toISOString(), epoch: { milliseconds: createdAt.getTime() } };
  const step = plan.steps[execution.cursor];
  return {
    data,
    variables: {
      ...more,
      context: context ?? {},
      workflow: { id, input, startedAt, definition: { document: plan.document } },
      task: step && { name: step.name, reference: step.reference, input: more.input },
      runtime: { name: 'system-context-monitor' },
    },
  };
}

export function stepAt(plan: Plan, cursor: number): PlannedStep {
  const step = plan.steps[cursor];
  if (!step) throw new TypeError(`${plan.document.name} ${plan.document.version} has no step ${cursor}`);
  return step;
}
