import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Capability, ExecutionStatus } from '@scm/contracts';
import type { ExecutionError } from './execution-error.js';

/** The state of one execution: enough to say what should be in flight without reading its history. */
@Entity('executions')
@Index('executions_by_creation', ['workspaceId', 'createdAt', 'id'])
@Index('executions_by_workflow', ['workspaceId', 'workflow', 'createdAt', 'id'])
@Index('executions_by_status', ['workspaceId', 'status', 'createdAt', 'id'])
@Index('executions_by_failure', ['workspaceId', 'workflow', 'status', 'createdAt', 'id'], {
  where: `(status = ANY (ARRAY['faulted'::text, 'cancelled'::text]))`,
})
@Index('executions_open', ['capability', 'openedAt'], { where: 'check_at IS NOT NULL' })
export class ExecutionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'executions_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text' }) workflow: string;
  @Column({ type: 'text' }) version: string;
  @Column({ type: 'text' }) status: ExecutionStatus;
  /** The fence: each transition raises it by one from the value it has read; also the last `seq` of the history. */
  @Column({ type: 'int' }) revision: number;
  /** Index of the open step in the plan. */
  @Column({ type: 'int' }) cursor: number;
  @Column({ type: 'int' }) attempt: number;
  /** Of the open step; null when none is open. */
  @Column({ type: 'text', nullable: true }) capability: Capability | null;
  /** What the execution was started with. */
  @Column({ type: 'jsonb', nullable: true }) input: unknown;
  /** What the open step gets: the output of the one before. */
  @Column({ type: 'jsonb', nullable: true }) data: unknown;
  /** `$context`. */
  @Column({ type: 'jsonb', nullable: true }) context: unknown;
  @Column({ type: 'jsonb', nullable: true }) output: unknown;
  @Column({ type: 'jsonb', nullable: true }) error: ExecutionError | null;
  @Column({ name: 'started_by', type: 'text' }) startedBy: string;
  @Column({ type: 'text', nullable: true }) traceparent: string | null;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
  /** When the open attempt was opened, or its retry decided. */
  @Column({ name: 'opened_at', type: 'timestamptz', nullable: true }) openedAt: Date | null;
  /** When a retry is due, or when a running attempt has taken too long. */
  @Column({ name: 'due_at', type: 'timestamptz', nullable: true }) dueAt: Date | null;
  /** When the sweep looks at it next; null at the end. */
  @Index('executions_to_check', { where: 'check_at IS NOT NULL' })
  @Column({ name: 'check_at', type: 'timestamptz', nullable: true })
  checkAt: Date | null;
  @Column({ name: 'ended_at', type: 'timestamptz', nullable: true }) endedAt: Date | null;
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
  @Column({ type: 'jsonb' }) data: HistoryData;
}

export interface HistoryData {
  /** The step that changed. */
  step?: StepChange;
  /** The step that this transition opened. */
  opened?: StepChange;
  output?: unknown;
  error?: ExecutionError;
  [more: string]: unknown;
}

export interface StepChange {
  name: string;
  reference: string;
  capability: Capability;
  status: ExecutionStatus;
  attempt: number;
  startedAt?: string;
  endedAt?: string;
  retryAt?: string;
}
