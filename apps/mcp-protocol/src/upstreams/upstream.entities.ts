import type { AuthorizationSummary, RestApiState, UpstreamTransport, VirtualServerMember } from '@scm/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('upstreams')
@Index('upstreams_name', ['workspaceId', 'name'], { unique: true })
export class UpstreamEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'upstreams_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'text' }) transport: UpstreamTransport;
  @Column({ type: 'text', nullable: true }) url: string | null;
  @Column({ type: 'text', nullable: true }) command: string | null;
  @Column({ name: 'header_names', type: 'text', array: true }) headerNames: string[];
  @Column({ name: 'sealed_headers', type: 'text', nullable: true }) sealedHeaders: string | null;
  @Column({ type: 'jsonb', nullable: true }) api: (RestApiState & { description?: string }) | null;
  /** As JSON text; large, so that lists leave it out. */
  @Column({ type: 'text', nullable: true }) operations: string | null;
  @Column({ type: 'jsonb', nullable: true }) authorization: AuthorizationSummary | null;
  @Column({ name: 'sealed_authorization', type: 'text', nullable: true }) sealedAuthorization: string | null;
  @Column({ type: 'text' }) namespace: string;
  @Column({ type: 'boolean' }) enabled: boolean;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt: Date;
  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) updatedAt: Date;
}

@Entity('virtual_servers')
export class VirtualServerEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'virtual_servers_pkey' })
  workspaceId: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'virtual_servers_pkey' }) name: string;
  @Column({ type: 'jsonb' }) members: VirtualServerMember[];
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt: Date;
  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) updatedAt: Date;
}
