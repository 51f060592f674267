import { rpc } from './define.js';
import { ById } from './auth.contract.js';
import { Flag, Id, Instant, JsonObject, JsonValue, ListOf, Name, OneOf, Text, Whole } from './fields.js';
import { Nothing } from './page.js';
import { Execution, ExecutionStarted, executionStatuses, type ExecutionStatus } from './workflow.contract.js';

/** A step of an execution, by the number its state shows. */
export class StepControlRequest {
  @Id() id: string;
  @Whole({ min: 1 }) step: number;
}

export class SkipStepRequest extends StepControlRequest {
  /** What the step gives; without it what it got. */
  @JsonValue({ optional: true }) output?: unknown;
}

export class EditStepRequest extends StepControlRequest {
  @JsonValue() input: unknown;
}

export class ApproveStepRequest extends StepControlRequest {
  @Flag() approved: boolean;
  /** What the approver filled in; the step sees it as `$approval.form`. */
  @JsonObject({ optional: true }) form?: Record<string, unknown>;
}

export const decisions = ['completed', 'retry', 'failed'] as const;
export type Decision = (typeof decisions)[number];

export class DecideStepRequest extends StepControlRequest {
  @OneOf(decisions) decision: Decision;
  /** With `completed`: what the step gave. */
  @JsonValue({ optional: true }) output?: unknown;
}

/** Kept until a task listens for it: an event of the type `scm.signal.<name>` for this execution alone. */
export class SignalRequest {
  @Id() id: string;
  @Name() name: string;
  @JsonValue({ optional: true }) data?: unknown;
}

/** Begins a new execution that has done what the other had done before a step, and begins with that step. */
export class ForkRequest extends StepControlRequest {
  /** What the step gets instead of what it got. */
  @JsonValue({ optional: true }) input?: unknown;
}

/** One thing an execution waits for. */
export class Reason {
  @Whole({ optional: true }) step?: number;
  @Text({ max: 256, optional: true }) name?: string;
  /** `worker`, `queue`, `limit`, `child`, `timer`, `retry`, `event`, `approval`, `decision`, `resume` or `admission`. */
  @Text({ max: 32 }) waits: string;
  /** Since when. */
  @Instant({ optional: true }) since?: string;
  /** When it goes on by itself, or has waited too long. */
  @Instant({ optional: true }) until?: string;
  @Text({ max: 1_024 }) detail: string;
}

export class WhyReply {
  @OneOf(executionStatuses) status: ExecutionStatus;
  @ListOf(() => Reason) reasons: Reason[];
}

/** An event in the form of CloudEvents 1.0; `id`, `source` and `time` are filled in when they are missing. */
export class SendEventRequest {
  @Text({ max: 256 }) type: string;
  @Text({ max: 256, optional: true }) id?: string;
  @Text({ max: 1_024, optional: true }) source?: string;
  @Text({ max: 1_024, optional: true }) subject?: string;
  @Instant({ optional: true }) time?: string;
  @Text({ max: 256, optional: true }) datacontenttype?: string;
  @JsonValue({ optional: true }) data?: unknown;
}

const service = 'workflow-orchestrator';
const change = { service, access: 'executions:write', changes: true } as const;

/** What people do to an execution. One that does not apply is refused with FAILED_PRECONDITION. */
export const ControlApi = {
  pause: rpc('execution.v1.pause', ById, Execution, change),
  resume: rpc('execution.v1.resume', ById, Execution, change),
  retryStep: rpc('execution.v1.retry-step', StepControlRequest, Execution, change),
  skipStep: rpc('execution.v1.skip-step', SkipStepRequest, Execution, change),
  editStep: rpc('execution.v1.edit-step', EditStepRequest, Execution, change),
  approveStep: rpc('execution.v1.approve-step', ApproveStepRequest, Execution, change),
  decideStep: rpc('execution.v1.decide-step', DecideStepRequest, Execution, change),
  signal: rpc('execution.v1.signal', SignalRequest, Execution, change),
  fork: rpc('execution.v1.fork', ForkRequest, ExecutionStarted, change),
  why: rpc('execution.v1.explain', ById, WhyReply, { service, access: 'executions:read', changes: false }),
  sendEvent: rpc('event.v1.send', SendEventRequest, Nothing, change),
};
