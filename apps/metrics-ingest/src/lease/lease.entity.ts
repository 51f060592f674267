import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which replica does a thing that only one may do. */
@Entity('leases')
export class LeaseEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'leases_pkey' }) name: string;
  @Column({ type: 'text' }) holder: string;
  @Column({ name: 'expires_at', type: 'timestamptz' }) expiresAt: Date;
}
