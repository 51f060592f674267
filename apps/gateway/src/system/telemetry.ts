import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { NextFunction, Response } from 'express';
import type { GatewayRequest } from '../http/request.js';
import type { MeshState } from './mesh-status.js';

/** The gateway's metrics in Prometheus's text format. */
@Injectable()
export class Telemetry implements OnModuleDestroy {
  private readonly exporter = new PrometheusExporter({ preventServerStart: true });
  private readonly provider = new MeterProvider({ readers: [this.exporter] });
  private readonly meter = this.provider.getMeter('@scm/gateway');
  private readonly duration = this.meter.createHistogram('scm_http_request_duration_seconds', {
    description: 'Time from request to response',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
  });
  private readonly replicas = this.meter.createGauge('scm_service_ready_replicas', {
    description: 'Replicas that are ready',
  });
  private readonly queued = this.meter.createGauge('scm_step_queue_depth', { description: 'Steps waiting or at work' });
  /** Reads of the read cache by their result: `hit`, `miss`, or `none` without Redis. */
  readonly cacheReads = this.meter.createCounter('scm_read_cache_reads', { description: 'Reads of the read cache' });
  /** Open stream connections; the stream counts them. */
  readonly connections = this.meter.createUpDownCounter('scm_stream_connections', {
    description: 'Open stream sockets',
  });
  readonly shed = this.meter.createCounter('scm_http_requests_shed', {
    description: 'Requests refused because there was too much to do',
  });
  /** Bytes that MCP sockets did not have to carry, by what spared them: `msgpack` or `deflate`. */
  readonly savedBytes = this.meter.createCounter('scm_mcp_socket_saved_bytes', {
    description: 'Bytes that a smaller encoding spared MCP sockets',
  });
  private sentFrames = 0;

  /** Express middleware that times every request by its route, never by its path. */
  readonly timing = (request: GatewayRequest, response: Response, next: NextFunction): void => {
    const start = performance.now();
    response.once('close', () => {
      // How long a client listens is no matter of speed.
      if (String(response.getHeader('content-type')).startsWith('text/event-stream')) return;
      const route = (request.route as { path?: string } | undefined)?.path ?? 'none';
      const attributes = { route, method: request.method, status: response.statusCode };
      this.duration.record((performance.now() - start) / 1_000, attributes);
    });
    next();
  };

  constructor() {
    const frames = this.meter.createObservableCounter('scm_stream_frames', {
      description: 'Frames sent to stream clients',
    });
    frames.addCallback((result) => result.observe(this.sentFrames));
  }

  /** One more frame was sent to one stream client: too often to be more than an addition. */
  countFrame(): void {
    this.sentFrames++;
  }

  observe({ services, queues }: MeshState): void {
    for (const { name, replicas } of services) {
      this.replicas.record(replicas.filter((replica) => replica.state === 'ready').length, { service: name });
    }
    for (const { capability, queued, inFlight } of queues) this.queued.record(queued + inFlight, { capability });
  }

  expose(request: GatewayRequest, response: Response): void {
    this.exporter.getMetricsRequestHandler(request, response);
  }

  async onModuleDestroy(): Promise<void> {
    await this.provider.shutdown();
  }
}
