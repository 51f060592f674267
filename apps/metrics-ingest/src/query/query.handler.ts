import { Controller } from '@nestjs/common';
import {
  MetricsApi,
  type FormatQueryRequest,
  type LabelValuesRequest,
  type MatchRequest,
  type MetadataRequest,
  type PrometheusReply,
  type QueryRangeRequest,
  type QueryRequest,
} from '@scm/contracts';
import { Rpc, type JsonText } from '@scm/messaging';
import { CatalogueService } from './catalogue.service.js';
import { QueryService } from './query.service.js';

@Controller()
export class QueryHandler {
  constructor(
    private readonly queries: QueryService,
    private readonly catalogue: CatalogueService,
  ) {}

  @Rpc(MetricsApi.query)
  query(request: QueryRequest): Promise<JsonText<PrometheusReply>> {
    return this.queries.query(request);
  }

  @Rpc(MetricsApi.queryRange)
  queryRange(request: QueryRangeRequest): Promise<JsonText<PrometheusReply>> {
    return this.queries.queryRange(request);
  }

  @Rpc(MetricsApi.formatQuery)
  async formatQuery(request: FormatQueryRequest): Promise<PrometheusReply> {
    return this.queries.format(request);
  }

  @Rpc(MetricsApi.series)
  series(request: MatchRequest): Promise<PrometheusReply> {
    return this.catalogue.series(request);
  }

  @Rpc(MetricsApi.labels)
  labels(request: MatchRequest): Promise<PrometheusReply> {
    return this.catalogue.labels(request);
  }

  @Rpc(MetricsApi.labelValues)
  labelValues(request: LabelValuesRequest): Promise<PrometheusReply> {
    return this.catalogue.labelValues(request);
  }

  @Rpc(MetricsApi.metadata)
  metadata(request: MetadataRequest): Promise<PrometheusReply> {
    return this.catalogue.metadata(request);
  }

  @Rpc(MetricsApi.buildInfo)
  async buildInfo(): Promise<PrometheusReply> {
    return this.catalogue.buildInfo();
  }
}
