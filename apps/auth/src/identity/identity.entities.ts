import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Role } from '@scm/contracts';

@Entity('users')
export class UserEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'users_pkey' }) id: string;
  /** Lower case; what is typed is compared without regard to case. */
  @Index('users_username', { unique: true }) @Column({ type: 'text' }) username: string;
  @Column({ name: 'password_hash', type: 'text' }) passwordHash: string;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' }) createdAt: Date;
}

@Entity('workspaces')
export class WorkspaceEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'workspaces_pkey' }) id: string;
  @Index('workspaces_name', { unique: true }) @Column({ type: 'text' }) name: string;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' }) createdAt: Date;
}

@Entity('memberships')
@Index('memberships_by_user', ['userId', 'createdAt', 'workspaceId'], { where: `(disabled_at IS NULL)` })
export class MembershipEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'memberships_pkey' })
  workspaceId: string;
  @PrimaryColumn({ name: 'user_id', type: 'uuid', primaryKeyConstraintName: 'memberships_pkey' }) userId: string;
  @Column({ type: 'text' }) role: Role;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt: Date;
  @Column({ name: 'disabled_at', type: 'timestamptz', nullable: true }) disabledAt: Date | null;
}
