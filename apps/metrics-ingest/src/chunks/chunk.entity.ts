import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Consecutive samples of one series, within one partition: a tier and a span of time. */
@Entity('chunks')
export class ChunkEntity {
  @PrimaryColumn({ name: 'series_id', type: 'int', primaryKeyConstraintName: 'chunks_pkey' }) seriesId: number;
  /** Time of the first sample, in Unix milliseconds. */
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'chunks_pkey' }) t0: string;
  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'chunks_pkey' }) tier: number;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'bigint' }) t1: string;
  @Column({ type: 'int' }) n: number;
  /** See `encodeChunk`. */
  @Column({ type: 'smallint' }) encoding: number;
  @Column({ type: 'bytea' }) data: Buffer;
}
