import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What one commit stored for one workspace. The ids are in the order of the commits. */
@Entity('sample_log')
@Index('sample_log_by_workspace', ['workspaceId', 't1'])
export class SampleLogEntity {
  @PrimaryColumn({
    type: 'bigint',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'sample_log_pkey',
  })
  id: string;

  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  /** Time of the oldest sample, in Unix milliseconds. */
  @Index('sample_log_by_start')
  @Column({ type: 'bigint' })
  t0: string;
  /** Time of the newest sample. */
  @Index('sample_log_by_age')
  @Column({ type: 'bigint' })
  t1: string;
  @Column({ type: 'int' }) n: number;
  /** A sample block, see `encodeBlock`. */
  @Column({ type: 'bytea' }) data: Buffer;
  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' }) createdAt: Date;
}
