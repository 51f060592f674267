import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A rule that alerts, or, of kind `recording`, one that records what its expression comes to as the metric `alert`. */
@Entity('alert_rules')
@Index('alert_rules_by_workspace', ['workspaceId', 'createdAt', 'id'])
@Index('alert_rules_by_group', ['groupId', 'position'])
export class AlertRuleEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'alert_rules_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text' }) alert: string;
  @Column({ type: 'text' }) expr: string;
  @Column({ type: 'text', nullable: true }) for: string | null;
  @Column({ type: 'jsonb' }) labels: object;
  @Column({ type: 'jsonb' }) annotations: object;
  @Column({ name: 'created_by', type: 'text' }) createdBy: string;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' }) createdAt: Date;
  /** Brought forward in steps of some seconds. */
  @Column({ name: 'last_evaluated_at', type: 'timestamptz', nullable: true }) lastEvaluatedAt: Date | null;
  @Column({ name: 'last_error', type: 'text', nullable: true }) lastError: string | null;
  @Column({ type: 'text', default: 'alerting' }) kind: 'alerting' | 'recording';
  /** Nothing for rules that were created one by one: they are the workspace's default group. */
  @Column({ name: 'group_id', type: 'uuid', nullable: true }) groupId: string | null;
  @Column({ type: 'int', default: 0 }) position: number;
  @Column({ name: 'keep_firing_for', type: 'text', nullable: true }) keepFiringFor: string | null;
}

/** A series on which a rule's condition holds: what a restart must not forget. */
@Entity('alert_instances')
export class AlertInstanceEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'alert_instances_pkey' })
  workspaceId: string;
  @PrimaryColumn({ name: 'rule_id', type: 'uuid', primaryKeyConstraintName: 'alert_instances_pkey' }) ruleId: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'alert_instances_pkey' }) fingerprint: string;
  @Column({ type: 'text' }) state: 'pending' | 'firing';
  @Column({ type: 'jsonb' }) labels: object;
  @Column({ type: 'jsonb' }) annotations: object;
  @Column({ type: 'double precision' }) value: number;
  /** Since when the condition holds. */
  @Column({ name: 'active_at', type: 'timestamptz' }) activeAt: Date;
  @Column({ name: 'alert_id', type: 'uuid', nullable: true }) alertId: string | null;
  @Column({ name: 'fired_at', type: 'timestamptz', nullable: true }) firedAt: Date | null;
  /** Since when it fires though the condition no longer holds. */
  @Column({ name: 'keep_firing_since', type: 'timestamptz', nullable: true }) keepFiringSince: Date | null;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' }) createdAt: Date;
}
