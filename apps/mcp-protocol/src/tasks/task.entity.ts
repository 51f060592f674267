import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('tasks')
@Index('tasks_by_principal', ['workspaceId', 'principal', 'createdAt', 'id'])
@Index('tasks_open', ['workspaceId', 'principal'], { where: 'is_open' })
@Index('tasks_by_end', ['expiresAt'])
export class TaskEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'tasks_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  /** The caller it belongs to: its kind and its id. */
  @Column({ type: 'text' }) principal: string;
  @Column({ type: 'text', nullable: true }) server: string | null;
  @Column({ type: 'text' }) tool: string;
  @Column({ name: 'is_open', type: 'boolean' }) isOpen: boolean;
  /** What was asked, and what came of it. */
  @Column({ name: 'sealed_state', type: 'text' }) sealedState: string;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3 }) createdAt: Date;
  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3 }) updatedAt: Date;
  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3 }) expiresAt: Date;
}
