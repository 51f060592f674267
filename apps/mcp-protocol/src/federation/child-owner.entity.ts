import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which replica has the child of an upstream over stdio, and until when unless it says so again. */
@Entity('upstream_owners')
export class UpstreamOwnerEntity {
  @PrimaryColumn({ name: 'upstream_id', type: 'uuid', primaryKeyConstraintName: 'upstream_owners_pkey' })
  upstreamId: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text' }) replica: string;
  @Column({ type: 'timestamptz', precision: 3 }) until: Date;
}
