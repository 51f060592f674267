/**
 * Loaded with `--import` before a service. With an OTLP endpoint in the standard `OTEL_*` variables the full SDK exports;
 * without one only trace ids are made and passed on, so that logs and errors name them. No collector, no failure.
 */
import { setSourceMapsSupport } from 'node:module';
import { basename, dirname } from 'node:path';

// Stacks show our sources; the maps of packages would only be read at every boot.
setSourceMapsSupport(true, { nodeModules: false, generatedCode: false });

const endpoints = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
];

let flush: () => Promise<void> = async () => {};

if (endpoints.some((name) => process.env[name]) && process.env.OTEL_SDK_DISABLED !== 'true') {
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  // A service is started as apps/<service>/dist/main.js.
  process.env.OTEL_SERVICE_NAME ??= basename(dirname(dirname(process.argv[1] ?? '')));
  process.env.OTEL_TRACES_EXPORTER ??= 'otlp';
  const hasMetrics = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? process.env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT;
  process.env.OTEL_METRICS_EXPORTER ??= hasMetrics ? 'otlp' : 'none';
  process.env.OTEL_LOGS_EXPORTER ??= 'none';
  const sdk = new NodeSDK();
  sdk.start();
  flush = () => sdk.shutdown().catch(() => undefined);
} else {
  const [{ trace, context, propagation }, sdk, { AsyncLocalStorageContextManager }, { W3CTraceContextPropagator }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/context-async-hooks'),
      import('@opentelemetry/core'),
    ]);
  const sampler = new sdk.ParentBasedSampler({ root: new sdk.AlwaysOffSampler() });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new sdk.TracerProvider({ sampler }));
}

/** Sends what is not sent yet and ends the exporters. */
export async function flushTelemetry(): Promise<void> {
  await flush();
}
