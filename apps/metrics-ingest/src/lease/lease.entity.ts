import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which replica does a thing that only one may do. */
@Entity('leases')
export class LeaseEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'leases_pkey' }) name: string;
  @Column({ type: 'text' }) holder: string;
  @Column({ name: 'expires_at', type: 'timestamptz' }) expiresAt: Date;
  /** Counts the holders: what was begun under an earlier one is not ended under it. */
  @Column({ type: 'bigint', default: 0 }) epoch: string;
}
