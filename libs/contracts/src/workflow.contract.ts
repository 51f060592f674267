import { event, rpc, task } from './define.js';
import { errorCodes, type ErrorCode } from './errors.js';
import {
  Flag,
  Id,
  Instant,
  JsonObject,
  JsonValue,
  ListOf,
  Name,
  Nested,
  OneOf,
  Text,
  TextMap,
  Whole,
} from './fields.js';
import { ById } from './auth.contract.js';
import { Nothing, PageRequest } from './page.js';
import { VersionCreated } from './definition.contract.js';
import { LargeValue } from './payload.contract.js';

export const capabilities = ['processing', 'analysis', 'decision', 'action', 'notification'] as const;
export type Capability = (typeof capabilities)[number];

export const executionStatuses = [
  'running',
  /** For a time, an event, an approval or the next attempt. */
  'waiting',
  /** Paused by a person. */
  'suspended',
  /** Undoing what it did. */
  'compensating',
  /** Nobody knows what an attempt has done: a person says how it goes on. */
  'needs-decision',
  'completed',
  'faulted',
  'cancelled',
  /** What it did could not be undone. */
  'compensation-failed',
] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

export class StartExecutionRequest {
  @Name() workflow: string;
  @Text({ max: 64, optional: true }) version?: string;
  @JsonObject({ optional: true }) input?: Record<string, unknown>;
  /** From 1, which comes first, to 5; without it the workflow's, else 3. */
  @Whole({ min: 1, max: 5, optional: true }) priority?: number;
}

/** Workflows of the product itself, which every workspace has. */
export const builtInWorkflows = ['mcp-tool-call'] as const;
export type BuiltInWorkflow = (typeof builtInWorkflows)[number];

/** An execution with an id that is known before: to start it again changes nothing. */
export class StartBuiltInRequest {
  @Id() id: string;
  @OneOf(builtInWorkflows) workflow: BuiltInWorkflow;
}

export class ExecutionStarted {
  @Id() executionId: string;
  @Name() workflow: string;
  @Text({ max: 64 }) version: string;
  @OneOf(executionStatuses) status: ExecutionStatus;
}

export const stepStatuses = ['pending', 'running', 'waiting', 'completed', 'faulted', 'cancelled', 'skipped'] as const;
export type StepStatus = (typeof stepStatuses)[number];

export class StepState {
  /** Names the step in controls; a task that runs again, as in a loop, is another step. */
  @Whole({ optional: true }) step?: number;
  /** The task's name in the document. */
  @Text({ max: 256 }) name: string;
  /** JSON pointer into the document, such as `/do/0/measure`. */
  @Text({ max: 1_024 }) reference: string;
  /** What is called, or the kind of the task. */
  @Text({ max: 256 }) kind: string;
  @OneOf(stepStatuses) status: StepStatus;
  @Whole() attempt: number;
  /** For what it waits, as long as it does. */
  @Text({ max: 32, optional: true }) waits?: string;
  @Instant({ optional: true }) until?: string;
  @JsonValue({ optional: true }) input?: unknown;
  @Instant({ optional: true }) startedAt?: string;
  @Instant({ optional: true }) endedAt?: string;
  @JsonValue({ optional: true }) output?: unknown;
  @JsonObject({ optional: true }) error?: Record<string, unknown>;
}

export class Execution {
  @Id() id: string;
  @Name() workflow: string;
  @Text({ max: 64 }) version: string;
  @OneOf(executionStatuses) status: ExecutionStatus;
  @Instant() createdAt: string;
  @Instant({ optional: true }) endedAt?: string;
  /** Who or what started it: `user:<id>`, `api-key:<id>`, `service:<name>`, `alert:<id>` or `schedule:<time>`. */
  @Text({ max: 256 }) startedBy: string;
  /** The execution whose task started it and waits for it. */
  @Id({ optional: true }) parentId?: string;
  /** What it is found by: texts, numbers and booleans by name. */
  @JsonObject({ optional: true }) attributes?: Record<string, unknown>;
  @JsonValue({ optional: true }) input?: unknown;
  @JsonValue({ optional: true }) output?: unknown;
  /** RFC 9457 shape with `type`, `status`, `title`, `detail`, `instance`. */
  @JsonObject({ optional: true }) error?: Record<string, unknown>;
  @ListOf(() => StepState, { optional: true }) steps?: StepState[];
  @Text({ max: 32, optional: true }) traceId?: string;
}

export class ExecutionPage {
  @ListOf(() => Execution) items: Execution[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class ListExecutionsRequest extends PageRequest {
  @Name({ optional: true }) workflow?: string;
  @OneOf(executionStatuses, { optional: true }) status?: ExecutionStatus;
  /** Created then or later. */
  @Instant({ optional: true }) from?: string;
  /** Created before. */
  @Instant({ optional: true }) to?: string;
  /** Attributes and the values they must have, as text; in a query `attr.<name>=<value>`. */
  @TextMap({ maxValue: 256, maxEntries: 4, optional: true }) attr?: Record<string, string>;
}

export class HistoryEvent {
  @Whole() seq: number;
  @Instant() at: string;
  @Text({ max: 64 }) type: string;
  @JsonObject() data: Record<string, unknown>;
}

export class HistoryRequest extends PageRequest {
  @Id() id: string;
}

export class HistoryPage {
  @ListOf(() => HistoryEvent) items: HistoryEvent[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

/** What a step may use; beyond it the step fails. */
export class StepLimits {
  /** CPU time of what a worker computes itself. */
  @Whole({ min: 1, optional: true }) cpuMs?: number;
  /** Heap of what a worker computes itself. */
  @Whole({ min: 1, optional: true }) memoryMib?: number;
  /** JSON of what the step gets, and of what it gives. */
  @Whole({ min: 1, optional: true }) payloadBytes?: number;
}

/** One step for a worker. `key` names its effect: the same for every attempt and delivery. */
export class StepTask {
  @Id() executionId: string;
  @Id() workspaceId: string;
  @Name() workflow: string;
  @Whole({ min: 1 }) step: number;
  @Text({ max: 1_024 }) reference: string;
  @Text({ max: 256 }) name: string;
  /** What is called: a step kind, or `http`, `openapi`, `mcp`. */
  @Text({ max: 256 }) call: string;
  @OneOf(capabilities) capability: Capability;
  @Whole({ min: 1 }) attempt: number;
  @Text({ max: 256 }) key: string;
  /** The `with` of the call, its expressions evaluated. */
  @JsonObject() with: Record<string, unknown>;
  @JsonValue({ optional: true }) input?: unknown;
  /** What is missing in the fields above. */
  @ListOf(() => LargeValue, { optional: true }) large?: LargeValue[];
  @Whole({ min: 1 }) timeoutMs: number;
  @Text({ max: 256 }) startedBy: string;
  /** When this attempt was opened. */
  @Instant({ optional: true }) openedAt?: string;
  /** The trace context of the attempt before. */
  @Text({ max: 64, optional: true }) previous?: string;
  /** `ledger`: what was begun once is not begun again; `transactional`: the effect keeps the mark that it was done. */
  @OneOf(['ledger', 'transactional'], { optional: true }) effect?: 'ledger' | 'transactional';
  /** How many of a worker's slots it takes; 1 unless said. */
  @Whole({ min: 1, optional: true }) cost?: number;
  @Nested(() => StepLimits, { optional: true }) limits?: StepLimits;
}

/** A worker's answer. */
export class StepReport {
  @Id() executionId: string;
  @Id() workspaceId: string;
  @Whole({ min: 1 }) step: number;
  @Whole({ min: 1 }) attempt: number;
  @OneOf(['completed', 'failed']) outcome: 'completed' | 'failed';
  @JsonValue({ optional: true }) output?: unknown;
  /** RFC 9457 shape; `retryable: false` ends the retries. */
  @JsonObject({ optional: true }) error?: Record<string, unknown>;
  /** Of an attempt that failed: its trace context, for the next one to link to. */
  @Text({ max: 64, optional: true }) traceparent?: string;
  /** The step whose task the worker holds unconfirmed, when it can go on with the execution's next step of that kind. */
  @Whole({ min: 1, optional: true }) held?: number;
}

export class StepReportError {
  @OneOf(errorCodes) code: ErrorCode;
  @Text({ max: 4_096, min: 0 }) message: string;
}

/** Answers of one worker in one workspace; the reply comes after their transitions are committed. */
export class StepReports {
  @ListOf(() => StepReport, { max: 256 }) reports: StepReport[];
}

export class StepReportReply {
  /** `stale`: the step was not open any more, the report changed nothing. `refused`: see `error`. */
  @OneOf(['accepted', 'stale', 'refused']) result: 'accepted' | 'stale' | 'refused';
  @Nested(() => StepReportError, { optional: true }) error?: StepReportError;
  /** What the held task stands for from now on, until it is confirmed. */
  @Nested(() => StepTask, { optional: true }) next?: StepTask;
}

/** One for each report, in their order. */
export class StepReportReplies {
  @ListOf(() => StepReportReply) replies: StepReportReply[];
}

/** Asked before work that was delivered before: is the step still open? */
export class ClaimRequest {
  @Id() executionId: string;
  @Id() workspaceId: string;
  @Whole({ min: 1 }) step: number;
  @Whole({ min: 1 }) attempt: number;
  /** The attempt is begun with the answer: a second claim of it finds it begun. */
  @Flag({ optional: true }) begins?: boolean;
}

export class ClaimReply {
  /** `begun`: that attempt was begun before, and is not to be begun again. */
  @OneOf(['open', 'closed', 'begun']) state: 'open' | 'closed' | 'begun';
  /** With `closed`: what the task stands for since its own step is done. */
  @Nested(() => StepTask, { optional: true }) next?: StepTask;
}

/** A task that no worker could handle, with why. */
export class StepDeadLetter {
  @Text({ max: 1_024 }) subject: string;
  @Text({ max: 4_096 }) reason: string;
  /** The message as text, cut to 64 KiB. */
  @Text({ max: 65_536, min: 0 }) payload: string;
  @Whole() deliveries: number;
}

/** A status change of an execution or of one of its steps. */
export class ExecutionChanged {
  @Id() executionId: string;
  @Id() workspaceId: string;
  @Name() workflow: string;
  @Text({ max: 64 }) version: string;
  @OneOf(executionStatuses) status: ExecutionStatus;
  @Whole() seq: number;
  @Instant() at: string;
  /** Such as `step.completed` or `execution.faulted`. */
  @Text({ max: 64 }) type: string;
  /** The task's name in events of the kind `step.…`. */
  @Text({ max: 256, optional: true }) step?: string;
  @JsonObject({ optional: true }) data?: Record<string, unknown>;
}

/** An event that a workflow emitted or somebody sent, in the form of CloudEvents 1.0. */
export class EventEmitted {
  @Id() workspaceId: string;
  @JsonObject() event: Record<string, unknown>;
}

const service = 'workflow-orchestrator';

export const ExecutionApi = {
  start: rpc('execution.v1.start', StartExecutionRequest, ExecutionStarted, {
    service,
    access: 'executions:write',
    changes: true,
  }),
  startBuiltIn: rpc('execution.v1.start-built-in', StartBuiltInRequest, ExecutionStarted, {
    service,
    access: 'internal',
    changes: true,
  }),
  get: rpc('execution.v1.get', ById, Execution, { service, access: 'executions:read', changes: false }),
  list: rpc('execution.v1.list', ListExecutionsRequest, ExecutionPage, {
    service,
    access: 'executions:read',
    changes: false,
  }),
  history: rpc('execution.v1.list-history', HistoryRequest, HistoryPage, {
    service,
    access: 'executions:read',
    changes: false,
  }),
  cancel: rpc('execution.v1.cancel', ById, Execution, { service, access: 'executions:write', changes: true }),
};

export const StepApi = {
  report: rpc('step.v2.report', StepReports, StepReportReplies, { service, access: 'internal', changes: false }),
  claim: rpc('step.v1.claim', ClaimRequest, ClaimReply, { service, access: 'internal', changes: false }),
  /** The orchestrator keeps the task and faults its execution, which would wait for it in vain. */
  deadLetter: rpc('step.v1.dead-letter', StepDeadLetter, Nothing, { service, access: 'internal', changes: false }),
};

const workers = { service: 'step-workers', ackWaitMs: 5_000, key: ['executionId', 'step'] } as const;

/** One task contract for each capability: one durable consumer each, shared by every worker pool that has it. */
export const StepTasks = {
  processing: task('step.v1.processing', StepTask, workers),
  analysis: task('step.v1.analysis', StepTask, workers),
  decision: task('step.v1.decision', StepTask, workers),
  action: task('step.v1.action', StepTask, workers),
  notification: task('step.v1.notification', StepTask, workers),
};

export const WorkflowEvents = {
  executionChanged: event('workflow.v1.execution-changed', ExecutionChanged, {
    service,
    key: ['workspaceId', 'workflow', 'executionId'],
  }),
  eventEmitted: event('workflow.v1.event-emitted', EventEmitted, { service, key: ['workspaceId'] }),
  versionCreated: event('workflow.v1.version-created', VersionCreated, {
    service,
    key: ['workspaceId'],
    cache: 'workflows',
  }),
};
