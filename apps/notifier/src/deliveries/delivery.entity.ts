import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('deliveries')
@Index('deliveries_by_creation', ['workspaceId', 'createdAt', 'id'])
@Index('deliveries_by_state', ['workspaceId', 'state', 'createdAt', 'id'])
@Index('deliveries_by_notification', ['notificationId'])
@Index('deliveries_due_webhooks', ['webhookId', 'nextAttemptAt'], { where: openOf('webhook') })
@Index('deliveries_due_emails', ['emailContactId', 'nextAttemptAt'], { where: openOf('email') })
export class DeliveryEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'deliveries_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ name: 'notification_id', type: 'uuid' }) notificationId: string;
  @Column({ type: 'text' }) channel: string;
  @Column({ name: 'webhook_id', type: 'uuid', nullable: true }) webhookId: string | null;
  @Column({ name: 'email_contact_id', type: 'uuid', nullable: true }) emailContactId: string | null;
  /** `<name>@<version>`. */
  @Column({ type: 'text', nullable: true }) template: string | null;
  @Column({ type: 'text' }) state: string;
  @Column({ type: 'int', default: 0 }) attempts: number;
  @Column({ name: 'next_attempt_at', type: 'timestamptz', nullable: true }) nextAttemptAt: Date | null;
  /** While one replica sends it; after that time it may be sent again. */
  @Column({ name: 'locked_until', type: 'timestamptz', nullable: true }) lockedUntil: Date | null;
  @Column({ name: 'confirmed_at', type: 'timestamptz', nullable: true }) confirmedAt: Date | null;
  @Column({ type: 'text', nullable: true }) reason: string | null;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt: Date;
}

function openOf(channel: string): string {
  return `((channel = '${channel}'::text) AND (state = ANY (ARRAY['pending'::text, 'retrying'::text, 'sending'::text])))`;
}
