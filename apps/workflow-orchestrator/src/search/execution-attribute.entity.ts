import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One attribute of one execution, as text, with what lists are ordered by: each page comes from its index alone. */
@Entity('execution_attributes')
@Index('execution_attributes_by_value', ['workspaceId', 'name', 'value', 'createdAt', 'executionId'])
export class ExecutionAttributeEntity {
  @PrimaryColumn({ name: 'execution_id', type: 'uuid', primaryKeyConstraintName: 'execution_attributes_pkey' })
  executionId: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'execution_attributes_pkey' }) name: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text' }) value: string;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
}
