import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { PrometheusReply } from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { MetricsConfig } from '../config.js';
import { LogTail } from '../log/log-tail.js';
import type { LogRow } from '../log/sample-log.repository.js';
import { Head } from '../series/head.js';

/** Samples of one metric, or of any, after `fromMs` up to `toMs`. */
export interface Extent {
  readonly name?: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A question within a workspace, and of which samples its answer is made. */
export interface Question {
  readonly workspaceId: string;
  readonly text: string;
  readonly extents: readonly Extent[];
}

interface Kept extends Question {
  answer: Promise<JsonText<PrometheusReply>>;
}

/** The rough size of an answer in memory besides its text. */
const ENTRY_BYTES = 512;
const MAX_ANSWERS = 10_000;

/**
 * Answers to queries, kept until a sample is committed that would change them, by whichever replica. Callers have caught up
 * with the log before they ask, so that an answer is never older than their own writes.
 */
@Injectable()
export class QueryCache {
  private readonly kept?: LRUCache<string, Kept>;
  private readonly counts = new LRUCache<string, { hits: number; misses: number }>({ max: 1_000 });

  constructor(
    config: MetricsConfig,
    tail: LogTail,
    private readonly head: Head,
  ) {
    if (config.queryCacheMib === 0) return;
    this.kept = new LRUCache({ max: MAX_ANSWERS, maxSize: config.queryCacheMib * 1_048_576 });
    tail.onChange({ onRow: (row) => this.forget(row), onGap: (newestMs) => this.forgetBefore(newestMs) });
  }

  /** The answer to a question; whoever asks it meanwhile waits for the same. */
  async answer(question: Question, work: () => Promise<JsonText<PrometheusReply>>): Promise<JsonText<PrometheusReply>> {
    if (!this.kept) return work();
    const key = `${question.workspaceId} ${question.text}`;
    const known = this.kept.get(key);
    this.count(question.workspaceId, known !== undefined);
    if (known) return known.answer;
    const fresh = { ...question, answer: work() };
    this.kept.set(key, fresh, { size: ENTRY_BYTES });
    return this.settle(key, fresh);
  }

  /** How often the workspace's queries were answered from here, by this replica. */
  countsOf(workspaceId: string): { hits: number; misses: number } {
    return this.counts.peek(workspaceId) ?? { hits: 0, misses: 0 };
  }

  private async settle(key: string, fresh: Kept): Promise<JsonText<PrometheusReply>> {
    try {
      const reply = await fresh.answer;
      // Samples that came meanwhile have taken it away.
      if (this.kept?.peek(key) === fresh) this.kept.set(key, fresh, { size: ENTRY_BYTES + reply.text.length });
      return reply;
    } catch (error) {
      if (this.kept?.peek(key) === fresh) this.kept.delete(key);
      throw error;
    }
  }

  private forget(row: LogRow): void {
    let metrics: Set<string> | undefined;
    for (const [key, { workspaceId, extents }] of this.kept?.entries() ?? []) {
      if (workspaceId !== row.workspaceId) continue;
      const touched = extents.filter(({ fromMs, toMs }) => row.t0 <= toMs && row.t1 > fromMs);
      if (touched.length === 0) continue;
      metrics ??= this.metricsOf(row);
      if (touched.some(({ name }) => mayHold(metrics as Set<string>, name))) this.kept?.delete(key);
    }
  }

  private forgetBefore(timeMs: number): void {
    for (const [key, { extents }] of this.kept?.entries() ?? []) {
      if (extents.some(({ fromMs }) => fromMs < timeMs)) this.kept?.delete(key);
    }
  }

  private metricsOf({ block }: LogRow): Set<string> {
    return new Set([...new Set(block?.ids)].map((id) => this.head.metricOf(id) ?? ''));
  }

  private count(workspaceId: string, hit: boolean): void {
    const counts = this.counts.get(workspaceId) ?? { hits: 0, misses: 0 };
    counts[hit ? 'hits' : 'misses']++;
    this.counts.set(workspaceId, counts);
  }
}

/** Of a row that is older than the head it is not known which metrics it holds. */
function mayHold(metrics: ReadonlySet<string>, name: string | undefined): boolean {
  return name === undefined || metrics.size === 0 || metrics.has(name);
}
