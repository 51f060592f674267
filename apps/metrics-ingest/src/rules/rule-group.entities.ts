import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A rule file as it was stored. */
@Entity('rule_files')
export class RuleFileEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'rule_files_pkey' })
  workspaceId: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'rule_files_pkey' }) name: string;
  @Column({ type: 'jsonb' }) document: object;
  @Column({ type: 'int' }) groups: number;
  @Column({ type: 'int' }) rules: number;
  @Column({ name: 'created_by', type: 'text' }) createdBy: string;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' }) createdAt: Date;
  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' }) updatedAt: Date;
}

/** Rules that are evaluated together, in their order. The row is the lease of whoever evaluates it. */
@Entity('rule_groups')
@Index('rule_groups_by_file', ['workspaceId', 'file', 'position'])
export class RuleGroupEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'rule_groups_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  /** The file it is of; the default group, of the rules that were created one by one, has none. */
  @Column({ type: 'text', nullable: true }) file: string | null;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'int' }) position: number;
  @Column({ name: 'interval_ms', type: 'int' }) intervalMs: number;
  @Column({ name: 'offset_ms', type: 'bigint', default: 0 }) offsetMs: string;
  /** Results one rule may have; 0 is no limit of its own. */
  @Column({ name: 'max_results', type: 'int', default: 0 }) maxResults: number;
  @Index('rule_groups_by_next')
  @Column({ name: 'next_at', type: 'timestamptz', default: () => 'now()' })
  nextAt: Date;
  /** Grows with each evaluation: who finds another one was too late, and stores nothing. */
  @Column({ type: 'bigint', default: 0 }) epoch: string;
  /** Until when others leave the group to who evaluates it. */
  @Column({ name: 'held_until', type: 'timestamptz', nullable: true }) heldUntil: Date | null;
  @Column({ name: 'evaluated_at', type: 'timestamptz', nullable: true }) evaluatedAt: Date | null;
  @Column({ name: 'evaluation_ms', type: 'double precision', default: 0 }) evaluationMs: number;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' }) createdAt: Date;
}
