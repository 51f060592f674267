import { rpc } from './define.js';
import { Bytes, ListOf, OneOf, Texts, Whole } from './fields.js';
import { IngestError } from './metrics.contract.js';

/** What the gateway takes at most, however it is set. */
const MAX_BYTES = 7_340_032;

/** A Prometheus remote-write request, compressed with snappy. */
export class RemoteWriteRequest {
  @OneOf(['1', '2']) version: '1' | '2';
  @Bytes({ max: MAX_BYTES }) body: Uint8Array;
}

/** An OTLP ExportMetricsServiceRequest. */
export class OtlpRequest {
  @OneOf(['protobuf', 'json']) encoding: 'protobuf' | 'json';
  @OneOf(['identity', 'gzip']) compression: 'identity' | 'gzip';
  @Bytes({ max: MAX_BYTES }) body: Uint8Array;
}

/** Answered after the commit. What is counted as written is durable, what is rejected was not taken and will never be. */
export class IntakeReply {
  /** Of OTLP data points, whatever the series they become. */
  @Whole() samples: number;
  @Whole() histograms: number;
  @Whole() exemplars: number;
  @Whole() rejected: number;
  /** Why, each with the metric's name. */
  @ListOf(() => IngestError, { max: 20 }) errors: IngestError[];
  /** What was taken otherwise than it was sent. */
  @Texts({ max: 20, maxLength: 512 }) warnings: string[];
}

const door = {
  service: 'metrics-ingest',
  access: 'metrics:write',
  changes: false,
  body: 'bytes',
  timeoutMs: 15_000,
} as const;

/** The doors of senders that speak a protocol of their own: their bodies travel as they came. */
export const IntakeApi = {
  remoteWrite: rpc('metrics.v1.write-remote', RemoteWriteRequest, IntakeReply, door),
  otlp: rpc('metrics.v1.write-otlp', OtlpRequest, IntakeReply, door),
};
