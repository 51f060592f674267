import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Role } from '@scm/contracts';

@Entity('api_keys')
@Index('api_keys_by_workspace', ['workspaceId', 'createdAt', 'id'])
export class ApiKeyEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'api_keys_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'text' }) role: Role;
  /** SHA-256 of the secret part, base64url; the secret has 256 random bits, so a slow hash adds nothing. */
  @Column({ name: 'secret_hash', type: 'text' }) secretHash: string;
  // Milliseconds, so that a cursor holds the whole sort key.
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt: Date;
  @Column({ name: 'created_by', type: 'text' }) createdBy: string;
  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true }) expiresAt: Date | null;
  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true }) revokedAt: Date | null;
  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true }) lastUsedAt: Date | null;
}
