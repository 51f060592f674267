import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { AlertFilter } from '../triggers/alert-filter.js';
import type { WorkflowDocument } from './language.js';

/** The newest version of each workflow, and the alerts that start it. */
@Entity('workflows')
@Index('workflows_by_alert', ['workspaceId', 'name'], { where: `(alert_filter IS NOT NULL)` })
export class WorkflowEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'workflows_pkey' })
  workspaceId: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'workflows_pkey' }) name: string;
  @Column({ name: 'newest_version', type: 'text' }) newestVersion: string;
  @Column({ name: 'alert_filter', type: 'jsonb', nullable: true }) alertFilter: AlertFilter | null;
  @Column({ name: 'event_filter', type: 'jsonb', nullable: true }) eventFilter: Record<string, unknown> | null;
}

/** One version of a workflow. Rows are never changed. */
@Entity('workflow_versions')
@Index('workflow_versions_by_creation', ['workspaceId', 'name', 'createdAt', 'version'])
export class WorkflowVersionEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'uuid', primaryKeyConstraintName: 'workflow_versions_pkey' })
  workspaceId: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'workflow_versions_pkey' }) name: string;
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'workflow_versions_pkey' }) version: string;
  @Column({ type: 'text', nullable: true }) title: string | null;
  @Column({ type: 'text', nullable: true }) summary: string | null;
  @Column({ type: 'text' }) digest: string;
  /** `json`, not `jsonb`: people find their keys in the order they wrote them. */
  @Column({ type: 'json' }) document: WorkflowDocument;
  @Column({ name: 'created_by', type: 'text' }) createdBy: string;
  @Column({ name: 'created_at', type: 'timestamptz' }) createdAt: Date;
}
