import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One set of labels of one workspace. */
@Entity('series')
@Index('series_by_fingerprint', ['workspaceId', 'fingerprint'], { unique: true })
@Index('series_by_name', ['workspaceId', 'name'])
export class SeriesEntity {
  @PrimaryColumn({
    type: 'int',
    generated: 'identity',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'series_pkey',
  })
  id: number;

  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  /** SHA-256 of the sorted labels. */
  @Column({ type: 'text' }) fingerprint: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'jsonb' }) labels: object;
  /** Time of its first sample. */
  @Column({ name: 'first_seen', type: 'timestamptz' }) firstSeen: Date;
  /** When it was last written to, some minutes late. */
  @Index('series_by_age')
  @Column({ name: 'last_seen', type: 'timestamptz', default: () => 'now()' })
  lastSeen: Date;
}
