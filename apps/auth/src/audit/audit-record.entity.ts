import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One audit row of any service, collected here. */
@Entity('audit_records')
@Index('audit_records_by_time', ['workspaceId', 'at', 'id'])
@Index('audit_records_by_action', ['workspaceId', 'action', 'at', 'id'])
@Index('audit_records_by_actor', ['workspaceId', 'actorId', 'at', 'id'])
@Index('audit_records_by_outcome', ['workspaceId', 'outcome', 'at', 'id'], { where: `(outcome <> 'done'::text)` })
export class AuditRecordEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'audit_records_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'timestamptz', precision: 3 }) at: Date;
  @Column({ type: 'text' }) service: string;
  @Column({ name: 'actor_kind', type: 'text' }) actorKind: string;
  @Column({ name: 'actor_id', type: 'text' }) actorId: string;
  @Column({ name: 'actor_name', type: 'text' }) actorName: string;
  @Column({ name: 'on_behalf_of', type: 'text', nullable: true }) onBehalfOf: string | null;
  @Column({ type: 'text' }) action: string;
  @Column({ name: 'resource_type', type: 'text', nullable: true }) resourceType: string | null;
  @Column({ name: 'resource_id', type: 'text', nullable: true }) resourceId: string | null;
  @Column({ type: 'text' }) outcome: string;
  @Column({ type: 'text', nullable: true }) reason: string | null;
  @Column({ type: 'jsonb', nullable: true }) details: object | null;
  @Column({ name: 'trace_id', type: 'text', nullable: true }) traceId: string | null;
}
