import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Capability, ExecutionStatus } from '@scm/contracts';
import type { ExecutionError } from '../machine/error.js';
import type { Change } from '../machine/machine.js';
import type { MachineState } from '../machine/state.js';
import type { CloudEvent } from '../machine/cloud-event.js';
import type { Attributes } from '../search/attributes.js';
import type { StepChange } from '../machine/walk.js';

/** The state of one execution: enough to go on without reading its history. */
@Entity('executions')
@Index('executions_by_creation', ['workspaceId', 'createdAt', 'id'])
@Index('executions_by_workflow', ['workspaceId', 'workflow', 'createdAt', 'id'])
@Index('executions_by_status', ['workspaceId', 'status', 'createdAt', 'id'])
@Index('executions_active', ['createdAt'], { where: 'ended_at IS NULL' })
@Index('executions_listening', ['workspaceId', 'id'], { where: 'listens IS NOT NULL' })
@Index('executions_by_failure', ['workspaceId', 'workflow', 'status', 'createdAt', 'id'], {
  where: "status IN ('faulted', 'cancelled')",
})
export class ExecutionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'executions_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text' }) workflow: string;
  @Column({ type: 'text' }) version: string;
  @Column({ type: 'text' }) status: ExecutionStatus;
  /** The fence: each transition raises it by one from the value it has read; also the last `seq` of the history. */
  @Column({ type: 'int' }) revision: number;
  /** What the execution was started with. */
  @Column({ type: 'jsonb', nullable: true }) input: unknown;
  /** Sealed it is a text, with input, output and error in it, whose columns are empty then. */
  @Column({ type: 'jsonb' }) state: MachineState;
  @Column({ type: 'jsonb', nullable: true }) output: unknown;
  @Column({ type: 'jsonb', nullable: true }) error: ExecutionError | null;
  @Column({ name: 'started_by', type: 'text' }) startedBy: string;
  @Column({ type: 'text', nullable: true }) traceparent: string | null;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
  /** The capabilities of its open calls, one for each. */
  @Column({ name: 'open_calls', type: 'text', array: true, nullable: true }) openCalls: Capability[] | null;
  /** When the oldest open call was opened. */
  @Column({ name: 'opened_at', type: 'timestamptz', nullable: true })
  openedAt: Date | null;
  /** Open calls that have no task of their own, by their frame. */
  @Column({ type: 'jsonb', nullable: true }) carried: Record<string, Carrier> | null;
  /** The types of the events it waits for; `*` is any. */
  @Column({ type: 'text', array: true, nullable: true }) listens: string[] | null;
  /** For what its tasks wait, as a state says it. */
  @Column({ type: 'text', array: true, nullable: true }) waits: string[] | null;
  /** When the sweep looks at it next, perhaps too early; null when nothing happens by itself. */
  @Index('executions_to_check', { where: 'check_at IS NOT NULL' })
  @Column({ name: 'check_at', type: 'timestamptz', nullable: true })
  checkAt: Date | null;
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true }) endedAt: Date | null;
  /** What it is found by. */
  @Column({ type: 'jsonb', nullable: true }) attributes: Attributes | null;
  /** From 1, which comes first, to 5. */
  @Column({ type: 'smallint', default: 3 }) priority: number;
  /** The frames that have rows in the queue. */
  @Column({ type: 'int', array: true, nullable: true }) queued: number[] | null;
  /** The execution and the task in it that wait for this one. */
  @Column({ name: 'parent_id', type: 'uuid', nullable: true }) parentId: string | null;
  @Column({ name: 'parent_frame', type: 'int', nullable: true }) parentFrame: number | null;
}

/** The task of an earlier step, which its worker holds, stands for that attempt too. */
export interface Carrier {
  task: number;
  attempt: number;
}

/** A row as values; the class is for TypeORM. */
export type ExecutionRow = Pick<ExecutionEntity, keyof ExecutionEntity>;

/** One transition of an execution. Rows are never changed, and `seq` has no gap. */
@Entity('history_events')
export class HistoryEventEntity {
  @PrimaryColumn({ name: 'execution_id', type: 'uuid', primaryKeyConstraintName: 'history_events_pkey' })
  executionId: string;
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'history_events_pkey' }) seq: number;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'timestamptz' }) at: Date;
  @Column({ type: 'text' }) type: string;
  /** Sealed it is a text. */
  @Column({ type: 'jsonb' }) data: HistoryData;
}

/** What caused a transition, with all that made it what it is, and what it did: enough to make it again. */
export interface HistoryData {
  change: Change;
  random: number;
  changes: StepChange[];
  emitted?: CloudEvent[];
  /** What an execution that is a fork began with. */
  state?: MachineState;
  error?: ExecutionError;
}
