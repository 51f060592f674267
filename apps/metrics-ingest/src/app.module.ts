import { Module } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import { ChunkRepository } from './chunks/chunk.repository.js';
import { PartitionRepository } from './chunks/partition.repository.js';
import { Sealer } from './chunks/sealer.js';
import { StoredSamplesRepository } from './chunks/stored-samples.repository.js';
import { CardinalityGuard } from './cardinality/cardinality.guard.js';
import { TsdbStatusHandler } from './cardinality/tsdb-status.handler.js';
import { TsdbStatusService } from './cardinality/tsdb-status.service.js';
import { CollectorService } from './collector/collector.service.js';
import { ExemplarHandler } from './exemplars/exemplar.handler.js';
import { ExemplarRepository } from './exemplars/exemplar.repository.js';
import { ExemplarService } from './exemplars/exemplar.service.js';
import { FramesService } from './frames/frames.service.js';
import { IngestHandler } from './ingest/ingest.handler.js';
import { IdentityCache } from './ingest/identity.cache.js';
import { IngestService } from './ingest/ingest.service.js';
import { IntakeService } from './ingest/intake.service.js';
import { SampleWriter } from './ingest/sample-writer.js';
import { LeaseRepository } from './lease/lease.repository.js';
import { LogTail } from './log/log-tail.js';
import { SampleLogRepository } from './log/sample-log.repository.js';
import { MetadataRepository } from './metadata/metadata.repository.js';
import { MetadataService } from './metadata/metadata.service.js';
import { DeltaAccumulator } from './otlp/delta.accumulator.js';
import { DeltaStateRepository } from './otlp/delta-state.repository.js';
import { DeltaStateSweep } from './otlp/delta-state.sweep.js';
import { OtlpHandler } from './otlp/otlp.handler.js';
import { OtlpService } from './otlp/otlp.service.js';
import { CatalogueService } from './query/catalogue.service.js';
import { QueryCache } from './query/query-cache.js';
import { QueryEngine } from './query/query-engine.js';
import { QueryHandler } from './query/query.handler.js';
import { QueryService } from './query/query.service.js';
import { SampleReader } from './query/sample-reader.js';
import { RemoteWriteHandler } from './remote-write/remote-write.handler.js';
import { RemoteWriteService } from './remote-write/remote-write.service.js';
import { RetentionService } from './retention/retention.service.js';
import { AlertInstanceRepository } from './rules/alert-instance.repository.js';
import { GroupEvaluation } from './rules/group-evaluation.js';
import { RuleEvaluator } from './rules/rule-evaluator.js';
import { RuleFileRepository } from './rules/rule-file.repository.js';
import { RuleFilesHandler } from './rules/rule-files.handler.js';
import { RuleFilesService } from './rules/rule-files.service.js';
import { RuleGroupRepository } from './rules/rule-group.repository.js';
import { RuleQuery } from './rules/rule-query.js';
import { RuleRepository } from './rules/rule.repository.js';
import { RulesHandler } from './rules/rules.handler.js';
import { RulesService } from './rules/rules.service.js';
import { Head } from './series/head.js';
import { SeriesRepository } from './series/series.repository.js';
import { StatsdService } from './statsd/statsd.service.js';
import { StoreStatusHandler } from './status/store-status.handler.js';
import { StoreStatusService } from './status/store-status.service.js';

@Module({
  controllers: [
    IngestHandler,
    RemoteWriteHandler,
    OtlpHandler,
    ExemplarHandler,
    TsdbStatusHandler,
    QueryHandler,
    RulesHandler,
    RuleFilesHandler,
    StoreStatusHandler,
  ],
  providers: [
    AuditLog,
    SeriesRepository,
    SampleLogRepository,
    Head,
    LogTail,
    ChunkRepository,
    PartitionRepository,
    StoredSamplesRepository,
    Sealer,
    SampleWriter,
    CardinalityGuard,
    TsdbStatusService,
    MetadataRepository,
    MetadataService,
    ExemplarRepository,
    ExemplarService,
    IntakeService,
    IdentityCache,
    IngestService,
    RemoteWriteService,
    DeltaStateRepository,
    DeltaStateSweep,
    DeltaAccumulator,
    OtlpService,
    SampleReader,
    QueryEngine,
    QueryCache,
    QueryService,
    CatalogueService,
    LeaseRepository,
    RuleRepository,
    RuleGroupRepository,
    RuleFileRepository,
    AlertInstanceRepository,
    RuleQuery,
    RulesService,
    RuleFilesService,
    GroupEvaluation,
    RuleEvaluator,
    RetentionService,
    CollectorService,
    StatsdService,
    FramesService,
    StoreStatusService,
  ],
})
export class AppModule {}
