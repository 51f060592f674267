import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('sessions')
@Index('sessions_by_use', ['usedAt'])
@Index('sessions_by_principal', ['workspaceId', 'principal', 'usedAt'])
export class SessionEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'sessions_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  /** The caller it belongs to: its kind and its id. */
  @Column({ type: 'text' }) principal: string;
  @Column({ type: 'text' }) transport: string;
  /** Unknown until the client initializes. */
  @Column({ type: 'text', nullable: true }) revision: string | null;
  @Column({ type: 'text', nullable: true }) server: string | null;
  @Column({ name: 'request_meta', type: 'jsonb', default: {} }) requestMeta: Record<string, unknown>;
  @Column({ name: 'log_level', type: 'text', nullable: true }) logLevel: string | null;
  @Column({ type: 'text', array: true, default: [] }) subscriptions: string[];
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt: Date;
  @Column({ name: 'used_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) usedAt: Date;
}
