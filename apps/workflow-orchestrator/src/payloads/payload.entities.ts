import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The data key of each workspace, wrapped by the service's encryption key. */
@Entity('workspace_keys')
export class WorkspaceKeyEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'workspace_keys_pkey' })
  workspaceId: string;
  @Column({ type: 'text' }) wrapped: string;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
}

/** A value that is too large for the rows and messages that name it, sealed. Rows are never changed. */
@Entity('blobs')
export class BlobEntity {
  @PrimaryColumn({ name: 'execution_id', type: 'uuid', primaryKeyConstraintName: 'blobs_pkey' }) executionId: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'blobs_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  /** Of the value as JSON text in UTF-8. */
  @Column({ type: 'int' }) bytes: number;
  @Column({ type: 'bytea' }) sealed: Buffer;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
}
