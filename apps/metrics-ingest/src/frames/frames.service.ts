import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { MetricsEvents, type MetricFrame } from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import { LeaseRepository } from '../lease/lease.repository.js';
import { Periodic } from '../lease/periodic.js';
import { LogTail } from '../log/log-tail.js';
import { Head, type HeadSeries } from '../series/head.js';
import { labelOf, seriesText } from '../series/labels.js';

const INTERVAL_MS = 1_000;
const MAX_ID_LENGTH = 4_096;
const MAX_TEXT = 512 * 1_024;

/** The sets a frame is taken of: the machine's own metrics, and whatever changed. */
const sets = [
  { name: 'host', maxIds: 500, has: (series: HeadSeries) => metricOf(series).startsWith('scm_host_') },
  { name: 'default', maxIds: 2_000, has: () => true },
] as const;

/** Each second publishes the newest values of the series that changed, for those who watch. */
@Injectable()
export class FramesService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly periodic = new Periodic(FramesService.name, INTERVAL_MS, (nowMs) => this.publish(nowMs));

  constructor(
    private readonly head: Head,
    private readonly tail: LogTail,
    private readonly leases: LeaseRepository,
    private readonly messaging: MessagingClient,
  ) {}

  onApplicationBootstrap(): void {
    this.periodic.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.periodic.stop();
    await this.leases.release('frames');
  }

  private async publish(nowMs: number): Promise<void> {
    await this.tail.catchUp();
    const changed = this.head.takeChanged();
    if (changed.length === 0 || !(await this.leases.holdAlone('frames'))) return;
    const t0 = nowMs - (nowMs % INTERVAL_MS);
    const frames = changed.flatMap(([workspaceId, series]) => framesOf(workspaceId, series, t0));
    for (const frame of frames) {
      const id = `${frame.workspaceId}.${frame.set}.${t0}`;
      await this.messaging.publish({
        contract: MetricsEvents.frameTaken,
        keys: [frame.workspaceId, frame.set],
        payload: frame,
        id,
      });
    }
  }
}

function framesOf(workspaceId: string, changed: readonly HeadSeries[], t0: number): MetricFrame[] {
  return sets.flatMap(({ name, maxIds, has }) => {
    const frame: MetricFrame = { workspaceId, set: name, t0, ids: [], v: [] };
    let length = 0;
    for (const series of changed) {
      const last = has(series) ? series.samples.last() : undefined;
      // JSON has no other numbers.
      if (!last || !Number.isFinite(last.value)) continue;
      const id = seriesText(series.labels);
      if (id.length > MAX_ID_LENGTH) continue;
      length += id.length;
      if (frame.ids.length >= maxIds || length > MAX_TEXT) break;
      frame.ids.push(id);
      frame.v.push(last.value);
    }
    return frame.ids.length > 0 ? [frame] : [];
  });
}

function metricOf({ labels }: HeadSeries): string {
  return labelOf(labels, '__name__');
}
