import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('notifications')
@Index('notifications_key', ['workspaceId', 'key'], { unique: true })
@Index('notifications_inbox', ['workspaceId', 'createdAt', 'id'], { where: `in_inbox` })
@Index('notifications_unread', ['workspaceId', 'createdAt', 'id'], { where: `(in_inbox AND (read_at IS NULL))` })
@Index('notifications_read', ['workspaceId', 'createdAt', 'id'], { where: `(in_inbox AND (read_at IS NOT NULL))` })
export class NotificationEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'notifications_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text' }) key: string;
  @Column({ type: 'text' }) topic: string;
  @Column({ type: 'text' }) title: string;
  @Column({ type: 'text' }) body: string;
  @Column({ type: 'text' }) severity: string;
  @Column({ type: 'jsonb' }) data: Record<string, unknown>;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt: Date;
  @Column({ name: 'read_at', type: 'timestamptz', nullable: true }) readAt: Date | null;
  @Column({ name: 'in_inbox', type: 'boolean', default: true }) inInbox: boolean;
  /** What the inbox shows instead, where a template words it. */
  @Column({ name: 'inbox_title', type: 'text', nullable: true }) inboxTitle: string | null;
  @Column({ name: 'inbox_body', type: 'text', nullable: true }) inboxBody: string | null;
  /** The trace that caused it; its deliveries belong to it. */
  @Column({ type: 'text', nullable: true }) traceparent: string | null;
}
