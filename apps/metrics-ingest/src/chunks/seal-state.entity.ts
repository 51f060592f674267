import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row: what has left the log for the chunks, so that whoever reads the log along sees what it missed. */
@Entity('seal_state')
export class SealStateEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'seal_state_pkey' }) name: string;
  /** How often rows have left. */
  @Column({ type: 'bigint' }) seals: string;
  /** The greatest id among the rows that left. */
  @Column({ name: 'last_log_id', type: 'bigint' }) lastLogId: string;
  /** The time of the newest sample in them. */
  @Column({ name: 'newest_ms', type: 'bigint' }) newestMs: string;
}
