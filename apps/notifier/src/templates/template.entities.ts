import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'templates_pkey';

/** Which version of a template is used; none: the built-in one. */
@Entity('templates')
@Index('templates_active', ['workspaceId', 'channel', 'name'], { where: `(active_version IS NOT NULL)` })
export class TemplateEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName }) workspaceId: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName }) channel: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName }) name: string;
  /** Goes on after a removal: a number names the same content for ever. */
  @Column({ name: 'last_version', type: 'int' }) lastVersion: number;
  @Column({ name: 'active_version', type: 'int', nullable: true }) activeVersion: number | null;
  @Column({ name: 'updated_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) updatedAt: Date;
}

@Entity('template_versions')
@Index('template_versions_number', ['workspaceId', 'channel', 'name', 'version'], { unique: true })
export class TemplateVersionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'template_versions_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text' }) channel: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'text', nullable: true }) title: string | null;
  @Column({ type: 'text' }) body: string;
  @Column({ type: 'text', nullable: true }) html: string | null;
  @Column({ name: 'created_by', type: 'text' }) createdBy: string;
  @Column({ name: 'created_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) createdAt: Date;
}
