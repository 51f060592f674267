import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('silences')
@Index('silences_by_creation', ['workspaceId', 'createdAt', 'id'])
@Index('silences_by_end', ['workspaceId', 'endsAt'])
@Index('silences_unannounced', ['announced'], { where: `(announced <> 'expired'::text)` })
export class SilenceEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'silences_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'jsonb' }) matchers: Record<string, string>;
  @Column({ name: 'starts_at', type: 'timestamptz' }) startsAt: Date;
  @Column({ name: 'ends_at', type: 'timestamptz' }) endsAt: Date;
  @Column({ type: 'text' }) comment: string;
  @Column({ name: 'created_by', type: 'text' }) createdBy: string;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt: Date;
  /** The last state whose beginning was published as an event: pending, active or expired. */
  @Column({ type: 'text', default: 'pending' }) announced: string;
}
