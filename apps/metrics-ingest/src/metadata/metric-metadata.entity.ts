import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What senders say of a metric. */
@Entity('metric_metadata')
export class MetricMetadataEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'metric_metadata_pkey' })
  workspaceId: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'metric_metadata_pkey' }) metric: string;
  @Column({ type: 'text' }) type: string;
  @Column({ type: 'text' }) help: string;
  @Column({ type: 'text' }) unit: string;
  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' }) updatedAt: Date;
}
