import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Head } from '../series/head.js';
import { SeriesRepository } from '../series/series.repository.js';
import type { SampleBlock } from './sample-block.js';
import { SampleLogRepository, type LogRow, type SealState } from './sample-log.repository.js';

export interface LogListener {
  /** The next row, in the order of the commits. */
  onRow(row: LogRow): void;
  /** Rows were sealed that were never read: of any workspace, with samples up to `newestMs`. */
  onGap(newestMs: number): void;
}

const PAGE_ROWS = 200;

/**
 * Keeps the head equal to the end of the log. Samples enter the head on this one way only, in the order of the commits,
 * whichever replica wrote them: so all replicas agree on which of two values for one time came last.
 */
@Injectable()
export class LogTail implements OnModuleInit {
  private lastId = 0;
  private last: Promise<void> = Promise.resolve();
  private queued?: Promise<void>;
  /** What this replica wrote and has not read back yet. */
  private readonly own = new Map<number, SampleBlock>();
  private readonly listeners: LogListener[] = [];
  private seals?: number;

  constructor(
    private readonly log: SampleLogRepository,
    private readonly head: Head,
    private readonly series: SeriesRepository,
  ) {}

  /** Rebuilds the head before the first call is answered. */
  async onModuleInit(): Promise<void> {
    this.lastId = await this.log.idBefore(this.head.startMs);
    await this.catchUp();
    // What was there before the start has not changed.
    this.head.takeChanged();
  }

  /** Has `listener` told of everything that was committed before whoever waits for it goes on. */
  onChange(listener: LogListener): void {
    this.listeners.push(listener);
  }

  /** Spares reading back a block that this replica has just written. */
  hold(id: number, block: SampleBlock): void {
    if (id > this.lastId) this.own.set(id, block);
  }

  /** Resolves when the head has everything that was committed before the call. */
  catchUp(): Promise<void> {
    if (this.queued) return this.queued;
    const run = this.last.then(() => {
      this.queued = undefined;
      return this.read();
    });
    this.queued = run;
    this.last = run.catch(() => undefined);
    return run;
  }

  private async read(): Promise<void> {
    for (let full = true; full;) {
      const { startMs } = this.head;
      const { rows, sealed } = await this.log.readAfter(this.lastId, startMs, [...this.own.keys()], PAGE_ROWS);
      this.skip(sealed);
      const found = rows.map((row) => (row.t1 < startMs ? row : { ...row, block: row.block ?? this.own.get(row.id) }));
      await this.learnSeries(found);
      for (const row of found) this.apply(row);
      full = rows.length === PAGE_ROWS;
      if (full || this.head.isFull) this.head.evict(Date.now());
    }
  }

  /** What was sealed before it was read here is in chunks: the head cannot have it, and begins after it. */
  private skip({ seals, lastId, newestMs }: SealState): void {
    const isMissed = this.seals === undefined || (seals !== this.seals && lastId > this.lastId);
    this.seals = seals;
    if (!isMissed) return;
    this.head.beginAfter(newestMs);
    for (const id of this.own.keys()) if (id <= lastId) this.own.delete(id);
    for (const listener of this.listeners) listener.onGap(newestMs);
  }

  private async learnSeries(rows: readonly LogRow[]): Promise<void> {
    const unknown = new Set<number>();
    for (const { block } of rows) for (const id of block?.ids ?? []) if (!this.head.has(id)) unknown.add(id);
    if (unknown.size === 0) return;
    for (const row of await this.series.findByIds([...unknown])) {
      this.head.register(row.workspace_id, row.id, row.labels);
    }
  }

  private apply(row: LogRow): void {
    const { id, workspaceId, block } = row;
    if (block) this.head.add(workspaceId, block);
    this.lastId = id;
    this.own.delete(id);
    for (const listener of this.listeners) listener.onRow(row);
  }
}
