import type { CapturedExchangeSummary } from '@scm/contracts';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('captures')
@Index('captures_by_workspace', ['workspaceId', 'id'])
@Index('captures_by_start', ['startedAt'])
@Index('captures_active', ['untilAt'], { where: 'ended_at IS NULL' })
export class CaptureEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'captures_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ type: 'text', nullable: true }) server: string | null;
  @Column({ type: 'text', nullable: true }) method: string | null;
  @Column({ type: 'text', nullable: true }) principal: string | null;
  @Column({ name: 'keeps_secrets', type: 'boolean' }) keepsSecrets: boolean;
  @Column({ name: 'max_exchanges', type: 'integer' }) maxExchanges: number;
  @Column({ name: 'exchange_count', type: 'integer', default: 0 }) exchangeCount: number;
  @Column({ name: 'started_at', type: 'timestamptz', precision: 3, default: () => 'now()' }) startedAt: Date;
  @Column({ name: 'until_at', type: 'timestamptz', precision: 3 }) untilAt: Date;
  @Column({ name: 'ended_at', type: 'timestamptz', precision: 3, nullable: true }) endedAt: Date | null;
}

@Entity('captured_exchanges')
@Index('captured_exchanges_by_capture', ['captureId', 'id'])
export class CapturedExchangeEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'captured_exchanges_pkey' }) id: string;
  @Column({ name: 'workspace_id', type: 'uuid' }) workspaceId: string;
  @Column({ name: 'capture_id', type: 'uuid' }) captureId: string;
  @Column({ type: 'jsonb' }) summary: CapturedExchangeSummary;
  @Column({ type: 'text' }) sealed: string;
}
