import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('used_request_states')
@Index('used_request_states_by_end', ['expiresAt'])
export class UsedStateEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'used_request_states_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3 }) expiresAt: Date;
}
