import { hostname } from 'node:os';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { MetricsApi } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import { serviceActor } from '@scm/service';
import { MetricsConfig } from '../config.js';
import { Periodic } from '../lease/periodic.js';
import { StatsdListener } from './statsd.listener.js';
import { StatsdSeries } from './statsd.series.js';

/** As many series as a request may have. */
const PAGE = 10_000;

/** StatsD over UDP and TCP, where a port is set: what it comes to goes in by the same door as everything else. */
@Injectable()
export class StatsdService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly series = new StatsdSeries(hostname());
  private readonly periodic: Periodic;
  private readonly listener = new StatsdListener((line) => this.series.take(line));

  constructor(
    private readonly config: MetricsConfig,
    private readonly messaging: MessagingClient,
  ) {
    this.periodic = new Periodic(StatsdService.name, config.statsdFlushMs, (nowMs) => this.flush(nowMs));
  }

  async onApplicationBootstrap(): Promise<void> {
    const { statsdPort: port, statsdHost: host } = this.config;
    if (port === undefined) return;
    await this.listener.listen(port, host);
    this.periodic.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.listener.close();
    await this.periodic.stop();
  }

  /** What cannot be sent is in the next snapshot, since all of it is counted from the beginning. */
  private async flush(nowMs: number): Promise<void> {
    const as = serviceActor('metrics-ingest', this.config.statsdWorkspaceId);
    const series = this.series.snapshot(nowMs);
    for (let from = 0; from < series.length; from += PAGE) {
      await this.messaging.request(MetricsApi.ingest, { series: series.slice(from, from + PAGE) }, { as });
    }
  }
}
