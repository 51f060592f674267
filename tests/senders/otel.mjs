import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';

const exporters = { protobuf: ProtobufExporter, json: JsonExporter };
const everyMs = 50;

/** An OpenTelemetry SDK that counts the same once as a delta and once cumulatively, and exports it each second. */
export async function startOtel({ encoding, url }) {
  const readers = {};
  const counters = [];
  const providers = Object.entries({
    delta: AggregationTemporality.DELTA,
    cumulative: AggregationTemporality.CUMULATIVE,
  }).map(([name, temporality]) => {
    const exporter = new exporters[encoding]({
      url: `${url}/otlp/v1/metrics`,
      temporalityPreference: temporality,
      timeoutMillis: 8_000,
    });
    readers[name] = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: 1_000,
      exportTimeoutMillis: 900,
    });
    const provider = new MeterProvider({
      resource: resourceFromAttributes({ 'service.name': 'otel' }),
      readers: [readers[name]],
    });
    counters.push(provider.getMeter('senders').createCounter(`${name}.${encoding}`));
    return provider;
  });
  let counted = 0;
  const timer = setInterval(() => {
    counted++;
    for (const counter of counters) counter.add(1);
  }, everyMs);
  let stopped;
  return {
    totals: () => ({ counted, delta: `delta_${encoding}_total`, cumulative: `cumulative_${encoding}_total` }),
    stop: () =>
      (stopped ??= (async () => {
        clearInterval(timer);
        for (const provider of providers) await provider.shutdown();
      })()),
  };
}
