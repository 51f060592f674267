import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One sample's example of what it counted: most often the trace of a request. */
@Entity('exemplars')
@Index('exemplars_by_name', ['workspaceId', 'name', 'time'])
export class ExemplarEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'exemplars_pkey' })
  workspaceId: string;

  /** SHA-256 of the labels of the series. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'exemplars_pkey' }) fingerprint: string;
  @Index('exemplars_by_age')
  @PrimaryColumn({ type: 'timestamptz', precision: 3, primaryKeyConstraintName: 'exemplars_pkey' })
  time: Date;

  @Column({ type: 'text' }) name: string;
  @Column({ name: 'series_labels', type: 'jsonb' }) seriesLabels: object;
  @Column({ type: 'jsonb' }) labels: object;
  @Column({ type: 'float8' }) value: number;
}
