import { hostname } from 'node:os';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { MetricsApi, type SeriesInput } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import { serviceActor } from '@scm/service';
import { MetricsConfig } from '../config.js';
import { Periodic } from '../lease/periodic.js';
import { keyOf } from '../series/labels.js';
import { CpuReader } from './cpu.reader.js';
import { readSpace, readTraffic } from './device.reader.js';
import type { Measure } from './measure.js';
import { readLoad, readMemory } from './memory.reader.js';
import { ProcessReader } from './process.reader.js';

const SLOW_EVERY_MS = 5_000;
const MAX_UNSENT = 60;

interface Snapshot {
  timeMs: number;
  measures: Measure[];
}

/** Measures the machine and sends the samples in by the same door as everybody. */
@Injectable()
export class CollectorService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly linux = process.platform === 'linux';
  private readonly cpu = new CpuReader(this.linux);
  private readonly processes = new ProcessReader(this.linux);
  private readonly periodic: Periodic;
  private readonly instance = hostname();
  /** What could not be sent yet, oldest first. */
  private unsent: Snapshot[] = [];
  private lastSlowMs = 0;

  constructor(
    private readonly config: MetricsConfig,
    private readonly messaging: MessagingClient,
  ) {
    this.periodic = new Periodic(CollectorService.name, config.hostIntervalMs, (nowMs) => this.collect(nowMs));
  }

  onApplicationBootstrap(): void {
    if (this.config.hostCollector) this.periodic.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.periodic.stop();
  }

  private async collect(nowMs: number): Promise<void> {
    // Replicas on one machine measure at the same times, so that their samples collapse.
    const timeMs = nowMs - (nowMs % this.config.hostIntervalMs);
    this.unsent = [...this.unsent, { timeMs, measures: await this.measure(nowMs) }].slice(-MAX_UNSENT);
    const sent = [...this.unsent];
    const as = serviceActor('metrics-ingest', this.config.hostWorkspaceId);
    await this.messaging.request(MetricsApi.ingest, { series: this.seriesOf(sent) }, { as });
    this.unsent = this.unsent.filter((snapshot) => !sent.includes(snapshot));
  }

  private async measure(nowMs: number): Promise<Measure[]> {
    const read = await Promise.all([this.cpu.read(), readMemory(this.linux), readTraffic(this.linux)]);
    const fast = [...read, readLoad()];
    if (nowMs - this.lastSlowMs < SLOW_EVERY_MS) return fast.flat();
    this.lastSlowMs = nowMs;
    const slow = await Promise.all([readSpace(this.linux), this.processes.read(nowMs)]);
    return [...fast, ...slow].flat();
  }

  private seriesOf(snapshots: readonly Snapshot[]): SeriesInput[] {
    const series = new Map<string, SeriesInput>();
    for (const { timeMs, measures } of snapshots) {
      for (const { name, value, labels } of measures) {
        const all = { ...labels, __name__: name, instance: this.instance };
        const key = keyOf(all);
        const known: SeriesInput = series.get(key) ?? { labels: all, samples: [] };
        known.samples.push([timeMs, value]);
        series.set(key, known);
      }
    }
    return [...series.values()];
  }
}
