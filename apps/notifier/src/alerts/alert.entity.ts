import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('alerts')
@Index('alerts_by_creation', ['workspaceId', 'createdAt', 'id'])
@Index('alerts_by_state', ['workspaceId', 'state', 'createdAt', 'id'])
export class AlertEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'alerts_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ name: 'rule_id', type: 'uuid' }) ruleId: string;
  @Column({ type: 'text' }) fingerprint: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'text' }) state: 'firing' | 'resolved';
  @Column({ type: 'text' }) severity: string;
  @Column({ type: 'jsonb' }) labels: Record<string, string>;
  @Column({ type: 'jsonb' }) annotations: Record<string, string>;
  @Column({ type: 'double precision' }) value: number;
  @Column({ name: 'starts_at', type: 'timestamptz' }) startsAt: Date;
  @Column({ name: 'ends_at', type: 'timestamptz', nullable: true }) endsAt: Date | null;
  @Column({ name: 'acknowledged_at', type: 'timestamptz', nullable: true }) acknowledgedAt: Date | null;
  @Column({ name: 'acknowledged_by', type: 'text', nullable: true }) acknowledgedBy: string | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt: Date;
}
