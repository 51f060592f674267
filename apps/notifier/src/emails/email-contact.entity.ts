import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('email_contacts')
@Index('email_contacts_by_creation', ['workspaceId', 'createdAt', 'id'])
export class EmailContactEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'email_contacts_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text' }) address: string;
  @Column({ type: 'text', array: true }) topics: string[];
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt: Date;
}
