import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('webhooks')
@Index('webhooks_by_creation', ['workspaceId', 'createdAt', 'id'])
export class WebhookEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'webhooks_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text' }) url: string;
  @Column({ type: 'text', array: true }) topics: string[];
  @Column({ name: 'sealed_secret', type: 'text' }) sealedSecret: string;
  @Column({ type: 'boolean', default: true }) enabled: boolean;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt: Date;
}
