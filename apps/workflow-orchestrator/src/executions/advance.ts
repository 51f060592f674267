import type { Capability, ExecutionStatus } from '@scm/contracts';
import { evaluate, ExpressionError } from '../definitions/expression.js';
import type { Plan } from '../definitions/plan.js';
import type { ExecutionRow, HistoryData, StepChange } from './execution.entities.js';
import { executionError, reportedError, type ExecutionError } from './execution-error.js';
import { retryDelayMs } from './retry-delay.js';
import { inputOf, scopeOf, stepAt, stepTaskOf, type Walked } from './step-task.js';

/** What may happen to an execution. */
export type Change =
  | {
      kind: 'report';
      reference: string;
      attempt: number;
      outcome: 'completed' | 'failed';
      output?: unknown;
      error?: Record<string, unknown>;
    }
  /** Time has passed. */
  | { kind: 'tick' }
  /** The open step's task cannot be brought to a worker. */
  | { kind: 'undeliverable'; detail: string }
  | { kind: 'cancel'; by: string };

/** The columns a transition sets. */
export type ExecutionState = Pick<
  ExecutionRow,
  | 'status'
  | 'cursor'
  | 'attempt'
  | 'capability'
  | 'data'
  | 'context'
  | 'output'
  | 'error'
  | 'openedAt'
  | 'dueAt'
  | 'checkAt'
  | 'endedAt'
>;

export interface Transition {
  state: ExecutionState;
  /** Of the history row: `step.completed`, `execution.faulted` and so on. */
  type: string;
  data: HistoryData;
  at: Date;
}

export interface Moment {
  now: Date;
  /** In [0, 1). */
  random: number;
  /** How long a running step is left alone before the sweep looks whether its task is still stored. */
  recheckMs: number;
}

type Started = Omit<Walked, 'data' | 'context' | 'cursor' | 'attempt'>;

/** The first state of an execution: its first step is open, or it has failed at once. */
export function begin(plan: Plan, started: Started, moment: Moment): Transition {
  const walked = { ...started, data: started.input, context: {}, cursor: 0, attempt: 0 };
  return unlessExpressionFails(walked, '/', moment, {}, () => {
    const data =
      plan.inputFrom === undefined ? started.input : evaluate(plan.inputFrom, scopeOf(plan, walked, walked.data, {}));
    return open(plan, { ...walked, data }, 0, 1, moment, 'execution.started', { input: started.input });
  });
}

/** What a change makes of an execution; undefined when it changes nothing (any more). Pure: nothing is read or written. */
export function advance(plan: Plan, execution: ExecutionRow, change: Change, moment: Moment): Transition | undefined {
  if (execution.endedAt !== null) return undefined;
  switch (change.kind) {
    case 'report':
      return isOpen(plan, execution, change) ? reported(plan, execution, change, moment) : undefined;
    case 'tick':
      return due(plan, execution, moment);
    case 'undeliverable':
      if (execution.status !== 'running') return undefined;
      return fault(
        plan,
        execution,
        executionError('configuration', stepAt(plan, execution.cursor).reference, change.detail),
        moment,
      );
    case 'cancel':
      return end(execution, 'cancelled', moment, {
        step: stepChange(plan, execution, 'cancelled', moment.now),
        by: change.by,
      });
  }
}

/** Is that attempt the one the execution waits for? */
export function isOpen(
  plan: Plan,
  { status, cursor, attempt }: ExecutionRow,
  asked: { reference: string; attempt: number },
): boolean {
  return status === 'running' && attempt === asked.attempt && stepAt(plan, cursor).reference === asked.reference;
}

function reported(
  plan: Plan,
  execution: ExecutionRow,
  report: Extract<Change, { kind: 'report' }>,
  moment: Moment,
): Transition {
  if (report.outcome === 'completed') return complete(plan, execution, report.output ?? null, moment);
  return fail(plan, execution, reportedError(report.error, report.reference), moment);
}

function due(plan: Plan, execution: ExecutionRow, moment: Moment): Transition | undefined {
  if (execution.dueAt === null || execution.dueAt > moment.now) return undefined;
  if (execution.status === 'waiting') {
    return open(plan, execution, execution.cursor, execution.attempt + 1, moment, 'step.retried', {});
  }
  const { reference, timeoutMs } = stepAt(plan, execution.cursor);
  return fail(plan, execution, executionError('timeout', reference, `no report within ${timeoutMs} ms`), moment);
}

function complete(plan: Plan, execution: ExecutionRow, raw: unknown, moment: Moment): Transition {
  const step = stepAt(plan, execution.cursor);
  const changed = stepChange(plan, execution, 'completed', moment.now);
  return unlessExpressionFails(execution, step.reference, moment, { step: { ...changed, status: 'faulted' } }, () => {
    const input = inputOf(plan, execution);
    const shape = (template: unknown, value: unknown) =>
      template === undefined ? value : evaluate(template, scopeOf(plan, execution, value, { input, output: value }));
    const output = shape(step.outputAs, raw);
    const context = step.exportAs === undefined ? execution.context : shape(step.exportAs, output);
    const walked = { ...execution, data: output, context };
    const data = { step: changed, output };
    if (execution.cursor + 1 < plan.steps.length) {
      return open(plan, walked, execution.cursor + 1, 1, moment, 'step.completed', data);
    }
    const result =
      plan.outputAs === undefined ? output : evaluate(plan.outputAs, scopeOf(plan, walked, output, { output }));
    return end({ ...walked, output: result }, 'completed', moment, data);
  });
}

function fail(plan: Plan, execution: ExecutionRow, error: ExecutionError, moment: Moment): Transition {
  const { retry } = stepAt(plan, execution.cursor);
  if (!error.retryable || execution.attempt >= retry.maxAttempts) return fault(plan, execution, error, moment);
  const dueAt = new Date(moment.now.getTime() + retryDelayMs(retry, execution.attempt, moment.random));
  return {
    state: { ...stateOf(execution), status: 'waiting', openedAt: moment.now, dueAt, checkAt: dueAt },
    type: 'step.retrying',
    data: { step: { ...stepChange(plan, execution, 'waiting'), retryAt: dueAt.toISOString() }, error },
    at: moment.now,
  };
}

function fault(plan: Plan, execution: ExecutionRow, error: ExecutionError, moment: Moment): Transition {
  const step = stepChange(plan, execution, 'faulted', moment.now);
  return end({ ...execution, error }, 'faulted', moment, { step, error });
}

function open(
  plan: Plan,
  execution: Walked,
  cursor: number,
  attempt: number,
  moment: Moment,
  type: string,
  data: HistoryData,
): Transition {
  const { reference, capability, timeoutMs } = stepAt(plan, cursor);
  const walked = { ...execution, cursor, attempt };
  return unlessExpressionFails(walked, reference, moment, data, () => {
    stepTaskOf(plan, walked);
    const dueAt = timeoutMs === undefined ? null : new Date(moment.now.getTime() + timeoutMs);
    const recheckAt = new Date(moment.now.getTime() + moment.recheckMs);
    const checkAt = dueAt !== null && dueAt < recheckAt ? dueAt : recheckAt;
    const state = { ...stateOf(walked), status: 'running' as const, capability, openedAt: moment.now, dueAt, checkAt };
    const opened = stepChange(plan, { ...walked, openedAt: moment.now }, 'running');
    return { state, type, data: { ...data, opened }, at: moment.now };
  });
}

function end(
  execution: Walked & { output?: unknown; error?: ExecutionError | null },
  status: 'completed' | 'faulted' | 'cancelled',
  moment: Moment,
  data: HistoryData,
): Transition {
  const { output = null, error = null } = execution;
  const ended = { capability: null, openedAt: null, dueAt: null, checkAt: null, endedAt: moment.now };
  return {
    state: { ...stateOf(execution), status, output, error, ...ended },
    type: `execution.${status}`,
    data,
    at: moment.now,
  };
}

function unlessExpressionFails(
  execution: Walked,
  reference: string,
  moment: Moment,
  data: HistoryData,
  work: () => Transition,
): Transition {
  try {
    return work();
  } catch (failure) {
    if (!(failure instanceof ExpressionError)) throw failure;
    const error = executionError('expression', reference, failure.message);
    return end({ ...execution, error }, 'faulted', moment, { ...data, error });
  }
}

function stateOf(execution: Walked & { capability?: Capability | null }): ExecutionState {
  const { cursor, attempt, data, context, capability = null } = execution;
  const none = { output: null, error: null, openedAt: null, dueAt: null, checkAt: null, endedAt: null };
  return { status: 'running', cursor, attempt, capability, data, context, ...none };
}

function stepChange(
  plan: Plan,
  { cursor, attempt, openedAt }: Walked & { openedAt: Date | null },
  status: ExecutionStatus,
  endedAt?: Date,
): StepChange {
  const { name, reference, capability } = stepAt(plan, cursor);
  return {
    name,
    reference,
    capability,
    status,
    attempt,
    ...(openedAt && { startedAt: openedAt.toISOString() }),
    ...(endedAt && { endedAt: endedAt.toISOString() }),
  };
}
