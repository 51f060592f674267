import { Injectable } from '@nestjs/common';
import { MetricsConfig } from '../config.js';
import type { SampleBlock } from '../log/sample-block.js';
import { keyOf, labelOf, type Labels } from './labels.js';
import { SampleBuffer } from './sample-buffer.js';

export interface HeadSeries {
  readonly id: number;
  readonly workspaceId: string;
  readonly key: string;
  readonly labels: Labels;
  readonly samples: SampleBuffer;
  /** When the last sample came, whatever its own time. */
  touchedMs: number;
}

interface WorkspaceHead {
  byKey: Map<string, HeadSeries>;
  byName: Map<string, Set<HeadSeries>>;
  changed: Set<HeadSeries>;
}

/** A query for the last hour also looks back some minutes before its first step. */
const LOOKBACK_MARGIN_MS = 6 * 60_000;

/** The newest samples in memory: a copy of the end of the log, complete from `startMs` on. */
@Injectable()
export class Head {
  /** Older samples are only in the log. */
  startMs: number;
  private readonly windowMs: number;
  private readonly maxBytes: number;
  private readonly byId = new Map<number, HeadSeries>();
  private readonly workspaces = new Map<string, WorkspaceHead>();
  private usedBytes = 0;

  constructor(config: MetricsConfig) {
    this.windowMs = config.headMinutes * 60_000 + LOOKBACK_MARGIN_MS;
    this.maxBytes = config.headMaxMib * 1_048_576;
    this.startMs = Date.now() - this.windowMs;
  }

  get bytes(): number {
    return this.usedBytes;
  }

  get isFull(): boolean {
    return this.usedBytes > this.maxBytes;
  }

  has(id: number): boolean {
    return this.byId.has(id);
  }

  /** The metric a series belongs to, as far as the head has the series. */
  metricOf(id: number): string | undefined {
    const series = this.byId.get(id);
    return series && labelOf(series.labels, '__name__');
  }

  find(workspaceId: string, key: string): HeadSeries | undefined {
    return this.workspaces.get(workspaceId)?.byKey.get(key);
  }

  register(workspaceId: string, id: number, labels: Labels): void {
    if (this.byId.has(id)) return;
    const samples = new SampleBuffer();
    const series = { id, workspaceId, key: keyOf(labels), labels, samples, touchedMs: Date.now() };
    const head = this.workspaceHead(workspaceId);
    const name = labelOf(labels, '__name__');
    const named = head.byName.get(name) ?? new Set();
    head.byName.set(name, named.add(series));
    head.byKey.set(series.key, series);
    this.byId.set(id, series);
    this.usedBytes += samples.bytes;
  }

  /** Takes stored samples of one workspace; what is older than the head or of an unknown series is left to the log. */
  add(workspaceId: string, { ids, offsets, values, t0 }: SampleBlock): void {
    const touchedMs = Date.now();
    const changed = this.workspaces.get(workspaceId)?.changed;
    for (let i = 0; i < ids.length; i++) {
      const series = this.byId.get(ids[i] ?? 0);
      if (!series) continue;
      series.touchedMs = touchedMs;
      const time = t0 + (offsets[i] ?? 0);
      if (time < this.startMs) continue;
      this.usedBytes += series.samples.add(time, values, i);
      changed?.add(series);
    }
  }

  /** The series of one metric, or of all of them. */
  series(workspaceId: string, name?: string): Iterable<HeadSeries> {
    const head = this.workspaces.get(workspaceId);
    if (!head) return [];
    return name === undefined ? head.byKey.values() : (head.byName.get(name) ?? []);
  }

  activeSeries(workspaceId: string): number {
    return this.workspaces.get(workspaceId)?.byKey.size ?? 0;
  }

  /** Each workspace with the series that got samples since the last time. */
  takeChanged(): [workspaceId: string, changed: HeadSeries[]][] {
    const taken: [string, HeadSeries[]][] = [];
    for (const [workspaceId, head] of this.workspaces) {
      if (head.changed.size === 0) continue;
      taken.push([workspaceId, [...head.changed]]);
      head.changed.clear();
    }
    return taken;
  }

  /** Series that got samples after `sinceMs`. */
  touchedSince(sinceMs: number): number[] {
    return [...this.byId.values()].filter((series) => series.touchedMs > sinceMs).map((series) => series.id);
  }

  /** Forgets samples that are too old, and, while the rest takes too much memory, younger ones, but what rules look at. */
  evict(nowMs: number): void {
    this.dropBefore(Math.max(this.startMs, nowMs - this.windowMs), nowMs);
    const leastMs = nowMs - LOOKBACK_MARGIN_MS;
    while (this.isFull && this.startMs < leastMs) {
      this.dropBefore(Math.min(leastMs, this.startMs + Math.max(10_000, (leastMs - this.startMs) / 8)), nowMs);
    }
  }

  /** Gives up being complete up to `timeMs`. */
  beginAfter(timeMs: number): void {
    if (timeMs >= this.startMs) this.dropBefore(timeMs + 1, Date.now());
  }

  private dropBefore(timeMs: number, nowMs: number): void {
    const time = Math.ceil(timeMs);
    this.startMs = time;
    for (const series of this.byId.values()) {
      const before = series.samples.bytes;
      series.samples.dropBefore(time);
      this.usedBytes += series.samples.bytes - before;
      if (series.samples.length === 0 && series.touchedMs < nowMs - this.windowMs) this.remove(series);
    }
  }

  private remove(series: HeadSeries): void {
    const head = this.workspaceHead(series.workspaceId);
    const name = labelOf(series.labels, '__name__');
    const named = head.byName.get(name);
    named?.delete(series);
    if (named?.size === 0) head.byName.delete(name);
    head.byKey.delete(series.key);
    head.changed.delete(series);
    this.byId.delete(series.id);
    this.usedBytes -= series.samples.bytes;
    if (head.byKey.size === 0) this.workspaces.delete(series.workspaceId);
  }

  private workspaceHead(workspaceId: string): WorkspaceHead {
    const known = this.workspaces.get(workspaceId);
    if (known) return known;
    const made: WorkspaceHead = { byKey: new Map(), byName: new Map(), changed: new Set() };
    this.workspaces.set(workspaceId, made);
    return made;
  }
}
