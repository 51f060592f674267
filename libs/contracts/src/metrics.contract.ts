import { event, rpc } from './define.js';
import {
  Amount,
  Id,
  Instant,
  JsonList,
  JsonObject,
  JsonValue,
  ListOf,
  Name,
  OneOf,
  Text,
  TextMap,
  Texts,
  Whole,
} from './fields.js';
import { ById } from './auth.contract.js';
import { Nothing, PageRequest } from './page.js';

/** `labels` holds `__name__`; a sample is `[timestampMs, value]`. */
export interface SeriesInput {
  labels: Record<string, string>;
  samples: [timestampMs: number, value: number][];
}

const seriesSchema = {
  type: 'object',
  required: ['labels', 'samples'],
  properties: {
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    samples: { type: 'array', items: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'number' }] } },
  },
};

export class IngestRequest {
  @JsonList({ max: 10_000, items: seriesSchema }) series: SeriesInput[];
}

/** A refused series or sample; the rest of the batch is stored. */
export class IngestError {
  @Text({ max: 128 }) path: string;
  @Text({ max: 512 }) message: string;
}

/** Answered after the commit: `written` samples are durable. */
export class IngestReply {
  @Whole() written: number;
  @Whole() rejected: number;
  @ListOf(() => IngestError, { max: 20 }) errors: IngestError[];
  /** What was taken otherwise than it was sent. */
  @Texts({ max: 20, maxLength: 2_048, optional: true }) warnings?: string[];
}

/** Prometheus's parameters: times as Unix seconds or RFC 3339, durations as `15s` or seconds. */
export class QueryRequest {
  @Text({ max: 8_192 }) query: string;
  @Text({ max: 64, optional: true }) time?: string;
  @Text({ max: 64, optional: true }) timeout?: string;
  @Text({ max: 16, optional: true }) limit?: string;
}

export class QueryRangeRequest {
  @Text({ max: 8_192 }) query: string;
  @Text({ max: 64 }) start: string;
  @Text({ max: 64 }) end: string;
  @Text({ max: 64 }) step: string;
  @Text({ max: 64, optional: true }) timeout?: string;
  @Text({ max: 16, optional: true }) limit?: string;
}

export class FormatQueryRequest {
  @Text({ max: 8_192 }) query: string;
}

export class MatchRequest {
  @Texts({ max: 32, maxLength: 8_192, optional: true }) match?: string[];
  @Text({ max: 64, optional: true }) start?: string;
  @Text({ max: 64, optional: true }) end?: string;
  @Text({ max: 16, optional: true }) limit?: string;
}

export class MetadataRequest {
  @Text({ max: 1_024, optional: true }) metric?: string;
  @Text({ max: 16, optional: true }) limit?: string;
}

export class TsdbStatusRequest {
  @Text({ max: 16, optional: true }) limit?: string;
}

export class ExemplarsRequest {
  @Text({ max: 8_192 }) query: string;
  @Text({ max: 64, optional: true }) start?: string;
  @Text({ max: 64, optional: true }) end?: string;
}

export class LabelValuesRequest extends MatchRequest {
  @Text({ max: 256 }) label: string;
}

/** `data` in the shape of Prometheus's HTTP API for the asked endpoint. */
export class PrometheusReply {
  @JsonValue() data: unknown;
  @Texts({ max: 64, maxLength: 4_096, optional: true }) warnings?: string[];
  /** What its author may want to know of a query whose answer is right. */
  @Texts({ max: 64, maxLength: 4_096, optional: true }) infos?: string[];
}

/** One Prometheus rule entry. Each element that the PromQL of `expr` gives is an alert; durations are written as `30s`. */
export class AlertRuleInput {
  @Text({ max: 128, pattern: /^[A-Za-z_][A-Za-z0-9_]*$/ }) alert: string;
  @Text({ max: 8_192 }) expr: string;
  @Text({ max: 16, optional: true, pattern: /^(\d+(ms|[smhdwy]))+$/ }) for?: string;
  /** How long an alert goes on firing after its condition held the last time. */
  @Text({ max: 16, optional: true, pattern: /^(\d+(ms|[smhdwy]))+$/ }) keep_firing_for?: string;
  @TextMap({ optional: true }) labels?: Record<string, string>;
  @TextMap({ optional: true }) annotations?: Record<string, string>;
}

export class AlertRule extends AlertRuleInput {
  @Id() id: string;
  @OneOf(['inactive', 'pending', 'firing']) state: 'inactive' | 'pending' | 'firing';
  @Instant() createdAt: string;
  @Instant({ optional: true }) lastEvaluatedAt?: string;
  @Text({ max: 1_024, optional: true }) lastError?: string;
}

export class AlertRulePage {
  @ListOf(() => AlertRule) items: AlertRule[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

/** A rule's condition held for its `for` on one series (`fired`), or holds no longer (`resolved`). */
export class AlertTransition {
  /** Of this firing: the same in `fired` and `resolved`. */
  @Id() alertId: string;
  @Id() workspaceId: string;
  @Id() ruleId: string;
  /** Stable hash of the labels: the same for each firing of the same rule on the same series. */
  @Text({ max: 64 }) fingerprint: string;
  @Text({ max: 128 }) alertName: string;
  @TextMap() labels: Record<string, string>;
  @TextMap() annotations: Record<string, string>;
  @Amount() value: number;
  @Instant() startsAt: string;
  @Instant({ optional: true }) endsAt?: string;
}

/** The newest values of one set, columnar: `ids[i]` has value `v[i]` at `t0`. */
export class MetricFrame {
  @Id() workspaceId: string;
  @Name() set: string;
  @Whole() t0: number;
  @Texts({ max: 10_000, maxLength: 4_096 }) ids: string[];
  @JsonList({ max: 10_000 }) v: (number | null)[];
}

export class MetricsStatus {
  @Whole() activeSeries: number;
  @Whole() samplesTotal: number;
  @Whole() bytesStored: number;
  @JsonObject() details: Record<string, unknown>;
}

const service = 'metrics-ingest';
const read = { service, access: 'metrics:read', changes: false } as const;
/** A query may take as long as `SCM_QUERY_TIMEOUT_MS` of its service says, which is less by default. */
const slowRead = { ...read, timeoutMs: 15_000 } as const;

export const MetricsApi = {
  ingest: rpc('metrics.v1.ingest', IngestRequest, IngestReply, { service, access: 'metrics:write', changes: false }),
  query: rpc('metrics.v1.query', QueryRequest, PrometheusReply, slowRead),
  queryRange: rpc('metrics.v1.query-range', QueryRangeRequest, PrometheusReply, slowRead),
  formatQuery: rpc('metrics.v1.format-query', FormatQueryRequest, PrometheusReply, read),
  series: rpc('metrics.v1.list-series', MatchRequest, PrometheusReply, read),
  labels: rpc('metrics.v1.list-labels', MatchRequest, PrometheusReply, read),
  labelValues: rpc('metrics.v1.list-label-values', LabelValuesRequest, PrometheusReply, read),
  metadata: rpc('metrics.v1.list-metadata', MetadataRequest, PrometheusReply, read),
  exemplars: rpc('metrics.v1.list-exemplars', ExemplarsRequest, PrometheusReply, read),
  /** The version of Prometheus whose language and interface this is. */
  buildInfo: rpc('metrics.v1.get-build-info', Nothing, PrometheusReply, read),
  tsdbStatus: rpc('metrics.v1.get-tsdb-status', TsdbStatusRequest, PrometheusReply, slowRead),
  status: rpc('metrics.v1.get-status', Nothing, MetricsStatus, read),
};

export const RulesApi = {
  create: rpc('rules.v1.create', AlertRuleInput, AlertRule, { service, access: 'rules:write', changes: true }),
  list: rpc('rules.v1.list', PageRequest, AlertRulePage, { service, access: 'rules:read', changes: false }),
  remove: rpc('rules.v1.remove', ById, Nothing, { service, access: 'rules:write', changes: true }),
  /** Prometheus's `/rules` and `/alerts` shapes. */
  groups: rpc('rules.v1.list-groups', Nothing, PrometheusReply, { service, access: 'rules:read', changes: false }),
  alerts: rpc('rules.v1.list-alerts', Nothing, PrometheusReply, { service, access: 'rules:read', changes: false }),
};

export const MetricsEvents = {
  alertFired: event('metrics.v1.alert-fired', AlertTransition, { service, key: ['workspaceId'] }),
  alertResolved: event('metrics.v1.alert-resolved', AlertTransition, { service, key: ['workspaceId'] }),
  frameTaken: event('frame.v1.frame-taken', MetricFrame, { service, key: ['workspaceId', 'set'] }),
};
