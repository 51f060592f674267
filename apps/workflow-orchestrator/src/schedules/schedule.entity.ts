import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Timing } from './timing.js';

/** When the newest version of a workflow starts by itself. */
@Entity('schedules')
export class ScheduleEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'schedules_pkey' })
  workspaceId: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'schedules_pkey' }) workflow: string;
  @Column({ type: 'text' }) version: string;
  @Column({ type: 'jsonb' }) timing: Timing;
  /** The next time; null while the last execution decides, or when there is none. */
  @Column({ name: 'next_at', type: 'timestamptz', precision: 3, nullable: true }) nextAt: Date | null;
  /** When a replica looks at it next: the next time, or later while one is at it. */
  @Index('schedules_to_check', { where: 'check_at IS NOT NULL' })
  @Column({ name: 'check_at', type: 'timestamptz', precision: 3, nullable: true })
  checkAt: Date | null;
  /** The time of the last start. */
  @Column({ name: 'last_at', type: 'timestamptz', precision: 3, nullable: true }) lastAt: Date | null;
  /** What the last start began. */
  @Index('schedules_after_end', { where: 'next_at IS NULL' })
  @Column({ name: 'last_execution_id', type: 'uuid', nullable: true })
  lastExecutionId: string | null;
}
