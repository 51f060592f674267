import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a workspace has in one partition of the chunks, so that nobody has to count it. */
@Entity('chunk_usage')
export class ChunkUsageEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'chunk_usage_pkey' })
  workspaceId: string;

  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'chunk_usage_pkey' }) tier: number;
  /** Where the partition begins. */
  @PrimaryColumn({ name: 'from_ms', type: 'bigint', primaryKeyConstraintName: 'chunk_usage_pkey' }) fromMs: string;
  @Column({ type: 'bigint' }) chunks: string;
  @Column({ type: 'bigint' }) samples: string;
  @Column({ type: 'bigint' }) bytes: string;
  @Column({ name: 'oldest_ms', type: 'bigint' }) oldestMs: string;
}
