import { AddAuditEvents1790000000001, auditEntities } from '@scm/audit';
import { AddBaseTables1790000000000, AddPublishedEvents1790000006000, type DatabaseDeclaration } from '@scm/database';
import { ChunkUsageEntity } from './chunks/chunk-usage.entity.js';
import { ChunkEntity } from './chunks/chunk.entity.js';
import { SealStateEntity } from './chunks/seal-state.entity.js';
import { ExemplarEntity } from './exemplars/exemplar.entity.js';
import { LeaseEntity } from './lease/lease.entity.js';
import { SampleLogEntity } from './log/sample-log.entity.js';
import { AddMetrics1790000002000 } from './migrations/1790000002000-add-metrics.js';
import { IndexSmallRows1790000008000 } from './migrations/1790000008000-index-small-rows.js';
import { AddRuleGroups1790000020000 } from './migrations/1790000020000-add-rule-groups.js';
import { AddDeltaStates1790000022000 } from './migrations/1790000022000-add-delta-states.js';
import { DeltaStateEntity } from './otlp/delta-state.entity.js';
import { AddChunks1790000021000 } from './migrations/1790000021000-add-chunks.js';
import { AddMetadataAndExemplars1790000023000 } from './migrations/1790000023000-add-metadata-and-exemplars.js';
import { MetricMetadataEntity } from './metadata/metric-metadata.entity.js';
import { AlertInstanceEntity, AlertRuleEntity } from './rules/rule.entities.js';
import { RuleFileEntity, RuleGroupEntity } from './rules/rule-group.entities.js';
import { SeriesEntity } from './series/series.entity.js';

export const database: DatabaseDeclaration = {
  schema: 'metrics',
  entities: [
    SeriesEntity,
    SampleLogEntity,
    AlertRuleEntity,
    AlertInstanceEntity,
    RuleFileEntity,
    RuleGroupEntity,
    LeaseEntity,
    DeltaStateEntity,
    ChunkEntity,
    ChunkUsageEntity,
    SealStateEntity,
    MetricMetadataEntity,
    ExemplarEntity,
    ...auditEntities,
  ],
  migrations: [
    AddBaseTables1790000000000,
    AddAuditEvents1790000000001,
    AddMetrics1790000002000,
    AddPublishedEvents1790000006000,
    IndexSmallRows1790000008000,
    AddRuleGroups1790000020000,
    AddChunks1790000021000,
    AddDeltaStates1790000022000,
    AddMetadataAndExemplars1790000023000,
  ],
  // A lease says which replica does what for all workspaces, and the log is one for all.
  withoutWorkspace: ['leases', 'seal_state'],
  systemFunctions: ['make_chunk_partition(smallint, bigint, bigint)', 'drop_chunk_partition(text)'],
};
