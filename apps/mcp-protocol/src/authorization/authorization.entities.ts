import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Wanted } from './held-authorization.js';

@Entity('upstream_authorizations')
export class UpstreamAuthorizationEntity {
  @PrimaryColumn({ name: 'upstream_id', type: 'uuid', primaryKeyConstraintName: 'upstream_authorizations_pkey' })
  upstreamId: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text', nullable: true }) sealed: string | null;
  @Column({ type: 'text', nullable: true }) issuer: string | null;
  @Column({ type: 'text', nullable: true }) scope: string | null;
  @Column({ type: 'jsonb', nullable: true }) wanted: Wanted | null;
  @Column({ name: 'authorized_at', type: 'timestamptz', precision: 3, nullable: true }) authorizedAt: Date | null;
  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3, nullable: true }) expiresAt: Date | null;
}

@Entity('upstream_authorization_requests')
@Index('upstream_authorization_requests_by_end', ['workspaceId', 'expiresAt'])
@Index('upstream_authorization_requests_by_upstream', ['upstreamId'])
export class AuthorizationRequestEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'upstream_authorization_requests_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ name: 'upstream_id', type: 'uuid' }) upstreamId: string;
  @Column({ type: 'text' }) sealed: string;
  @Column({ name: 'expires_at', type: 'timestamptz', precision: 3 }) expiresAt: Date;
}
