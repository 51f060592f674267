import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What happened, once for each authentication result, denial, state change and MCP call. Rows are never changed. */
@Entity('audit_events')
export class AuditEventEntity {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Index('audit_events_uncollected', { where: 'collected_at IS NULL' })
  @Column({ type: 'timestamptz', default: () => 'now()' })
  at: Date;
  @Column({ name: 'actor_kind', type: 'text' }) actorKind: string;
  @Column({ name: 'actor_id', type: 'text' }) actorId: string;
  @Column({ name: 'actor_name', type: 'text' }) actorName: string;
  @Column({ name: 'on_behalf_of', type: 'text', nullable: true }) onBehalfOf: string | null;
  /** A permission, or a verb such as `auth.login`. */
  @Column({ type: 'text' }) action: string;
  @Column({ name: 'resource_type', type: 'text', nullable: true }) resourceType: string | null;
  @Column({ name: 'resource_id', type: 'text', nullable: true }) resourceId: string | null;
  @Column({ type: 'text' }) outcome: string;
  @Column({ type: 'text', nullable: true }) reason: string | null;
  @Column({ type: 'jsonb', nullable: true }) details: object | null;
  @Column({ name: 'trace_id', type: 'text', nullable: true }) traceId: string | null;
  /** When auth confirmed that it has the row. */
  @Column({ name: 'collected_at', type: 'timestamptz', nullable: true }) collectedAt: Date | null;
}

export const auditEntities = [AuditEventEntity];
