import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { uncompressSync } from 'snappy';

const proto = protobuf.parse(`
  syntax = "proto3";
  message Write { repeated Series timeseries = 1; }
  message Series { repeated Label labels = 1; repeated Sample samples = 2; }
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }
  message Request { repeated ResourceMetrics resource_metrics = 1; }
  message ResourceMetrics { repeated ScopeMetrics scope_metrics = 2; }
  message ScopeMetrics { repeated Metric metrics = 2; }
  message Metric { string name = 1; Data sum = 7; }
  message Data { repeated Point data_points = 1; int32 aggregation_temporality = 2; }
  message Point { fixed64 time_unix_nano = 3; oneof value { double as_double = 4; sfixed64 as_int = 6; } }
`).root;

/** The samples of a remote-write body, or what the deltas of an OTLP body add up to. */
export function samplesOf({ url, type = '', encoding, body }) {
  if (url.includes('/otlp/'))
    return { samples: cumulativeOf(read(type, encoding, body)), deltas: deltasOf(read(type, encoding, body)) };
  const Write = proto.lookupType('Write');
  const { timeseries = [] } = Write.toObject(Write.decode(uncompressSync(body)), { longs: Number });
  const samples = timeseries.flatMap(({ labels, samples: list = [] }) =>
    list.map(({ value = 0, timestamp }) => ({
      labels: Object.fromEntries(
        labels.map(({ name, value: text = '' }) => [name, text]).filter(([, text]) => text !== ''),
      ),
      timeMs: timestamp,
      value,
    })),
  );
  return { samples, deltas: 0 };
}

function read(type, encoding, body) {
  const bytes = encoding === 'gzip' ? gunzipSync(body) : body;
  if (type.startsWith('application/json')) return JSON.parse(bytes.toString());
  const Request = proto.lookupType('Request');
  return Request.toObject(Request.decode(bytes), { longs: String });
}

const pointsOf = ({ resourceMetrics = [] }, temporality) =>
  resourceMetrics
    .flatMap(({ scopeMetrics = [] }) => scopeMetrics)
    .flatMap(({ metrics = [] }) => metrics)
    .filter(({ sum }) => sum?.aggregationTemporality === temporality)
    .flatMap(({ name, sum: { dataPoints = [] } }) =>
      dataPoints.map((point) => ({ name, value: Number(point.asDouble ?? point.asInt), point })),
    );

const deltasOf = (request) => pointsOf(request, 1).reduce((sum, { value }) => sum + value, 0);

/** The resource of this suite is its job alone. */
function cumulativeOf(request) {
  return pointsOf(request, 2).map(({ name, value, point }) => ({
    labels: { __name__: `${name.replaceAll('.', '_')}_total`, job: 'otel' },
    timeMs: Number(String(point.timeUnixNano).slice(0, -6)),
    value,
  }));
}
