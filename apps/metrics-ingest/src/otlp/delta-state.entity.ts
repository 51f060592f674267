import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What the deltas of one stream of a sender came to. */
@Entity('delta_states')
export class DeltaStateEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'delta_states_pkey' })
  workspaceId: string;

  /** SHA-256 of the labels and the kind of the stream. */
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'delta_states_pkey' }) stream: string;
  /** JSON of a DeltaState: as text, since numbers have to stay what they are. */
  @Column({ type: 'text' }) state: string;
  @Index('delta_states_by_age')
  @Column({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
