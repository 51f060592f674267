import protobuf from 'protobufjs';

/** OTLP's metrics, as opentelemetry-proto has them. */
const proto = protobuf.parse(
  `
  syntax = "proto3";
  message Request { repeated ResourceMetrics resource_metrics = 1; }
  message Response { PartialSuccess partial_success = 1; }
  message PartialSuccess { int64 rejected_data_points = 1; string error_message = 2; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; }
  message Scope { string name = 1; string version = 2; }
  message Metric {
    string name = 1; string description = 2; string unit = 3; Data gauge = 5; Data sum = 7;
    HistogramData histogram = 9; ExponentialData exponential_histogram = 10; SummaryData summary = 11;
  }
  message Data { repeated Point data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
  message HistogramData { repeated HistogramPoint data_points = 1; int32 aggregation_temporality = 2; }
  message ExponentialData { repeated ExponentialPoint data_points = 1; int32 aggregation_temporality = 2; }
  message SummaryData { repeated SummaryPoint data_points = 1; }
  message Point {
    repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
    oneof value { double as_double = 4; sfixed64 as_int = 6; } repeated Exemplar exemplars = 5; uint32 flags = 8;
  }
  message HistogramPoint {
    repeated KeyValue attributes = 9; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4;
    optional double sum = 5; repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7;
    repeated Exemplar exemplars = 8; uint32 flags = 10;
  }
  message ExponentialPoint {
    repeated KeyValue attributes = 1; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4;
    optional double sum = 5; sint32 scale = 6; fixed64 zero_count = 7; Buckets positive = 8; Buckets negative = 9;
    uint32 flags = 10; double zero_threshold = 14;
  }
  message Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; }
  message SummaryPoint {
    repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4;
    double sum = 5; repeated Quantile quantile_values = 6; uint32 flags = 8;
  }
  message Quantile { double quantile = 1; double value = 2; }
  message Exemplar {
    repeated KeyValue filtered_attributes = 7; fixed64 time_unix_nano = 2; double as_double = 3; bytes span_id = 4; bytes trace_id = 5;
  }
  message KeyValue { string key = 1; Any value = 2; }
  message Any {
    oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; List array_value = 5; }
  }
  message List { repeated Any values = 1; }
`,
).root;

export const attributesOf = (texts: Record<string, string>) =>
  Object.entries(texts).map(([key, stringValue]) => ({ key, value: { stringValue } }));

/** Milliseconds as OTLP has times. */
export const nanos = (timeMs: number) => `${timeMs}000000`;

/** A request of one resource; the same object is the request as JSON. */
export function otlpRequest(metrics: object[], resource: Record<string, string> = {}): object {
  return { resourceMetrics: [{ resource: { attributes: attributesOf(resource) }, scopeMetrics: [{ metrics }] }] };
}

export function encodeOtlp(request: object): Buffer {
  const Request = proto.lookupType('Request');
  return Buffer.from(Request.encode(Request.fromObject(request)).finish());
}

/** What a response says of what was not taken. */
export function partialSuccessOf(body: Buffer, type: string): { rejectedDataPoints: string; errorMessage: string } {
  const Response = proto.lookupType('Response');
  const isJson = type.startsWith('application/json');
  const response = isJson
    ? (JSON.parse(body.toString()) as object)
    : Response.toObject(Response.decode(body), { longs: String });
  const { partialSuccess } = response as { partialSuccess?: { rejectedDataPoints?: string; errorMessage?: string } };
  return { rejectedDataPoints: '0', errorMessage: '', ...partialSuccess };
}
