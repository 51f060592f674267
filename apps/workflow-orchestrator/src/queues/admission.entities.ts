import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Limit } from '../machine/limits.js';
import type { Begun } from './counter.js';
import type { LaneName } from './lanes.js';

/** A call, or an execution as a whole, that waits in the queue; one with limits also stays as long as it is at work. */
@Entity('admissions')
@Index('admissions_next', ['lane', 'priority', 'rank'], { where: 'admitted_at IS NULL AND blocked_by IS NULL' })
@Index('admissions_of_workspace', ['workspaceId', 'lane', 'priority', 'rank'], { where: 'admitted_at IS NULL' })
@Index('admissions_blocked', ['workspaceId', 'blockedBy', 'priority', 'rank'], { where: 'blocked_by IS NOT NULL' })
export class AdmissionEntity {
  @PrimaryColumn({ name: 'execution_id', type: 'uuid', primaryKeyConstraintName: 'admissions_pkey' })
  executionId: string;
  /** The number of the call's frame; 0 is the execution itself. */
  @PrimaryColumn({ type: 'int', primaryKeyConstraintName: 'admissions_pkey' }) frame: number;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text' }) lane: LaneName;
  @Column({ type: 'smallint' }) priority: number;
  /** Its turn among those of the same lane and priority: each of a workspace comes a stride after the one before it. */
  @Column({ type: 'double precision' }) rank: number;
  @Column({ type: 'jsonb', nullable: true }) limits: Limit[] | null;
  @Column({ name: 'queued_at', type: 'timestamptz' }) queuedAt: Date;
  /** The key of the limit that holds it back, or `paused`. */
  @Column({ name: 'blocked_by', type: 'text', nullable: true }) blockedBy: string | null;
  @Column({ name: 'admitted_at', type: 'timestamptz', nullable: true }) admittedAt: Date | null;
}

/** What is counted for one key. */
@Entity('limit_keys')
export class LimitKeyEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'limit_keys_pkey' })
  workspaceId: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'limit_keys_pkey' }) key: string;
  /** How many of those admitted hold it. */
  @Column({ name: 'at_work', type: 'int', default: 0 }) atWork: number;
  @Column({ type: 'jsonb', default: () => "'[]'" }) begun: Begun[];
  /** From then on nothing of `begun` counts. */
  @Index('limit_keys_unused', { where: 'at_work = 0' })
  @Column({ name: 'free_at', type: 'timestamptz', default: () => 'now()' })
  freeAt: Date;
}

export type AdmissionRow = Pick<AdmissionEntity, keyof AdmissionEntity>;
