import { ServiceError } from '@scm/contracts';
import { markStale } from '@scm/promql';
import type { Identity } from './identity.js';
import { Refusals, timeFault, type AcceptedSeries, type TimeWindow } from './series-input.js';

const MAX_CHARACTERS = 67_108_864;

/** Samples of one series as a decoder has them; `stale` says which of them are stale markers. */
export interface SampleRun {
  times: number[];
  values: number[];
  stale?: Set<number>;
}

/** What is good of one request, to be written, and what is refused of it. */
export class Batch {
  readonly series: AcceptedSeries[] = [];
  readonly refusals = new Refusals();
  private made = 0;

  constructor(private readonly window: TimeWindow) {}

  /**
   * Takes what lies in the window and refuses the rest, by the name of the metric.
   * @param index tells which part of the request it is, for whoever counts by such parts.
   */
  add(index: number, { key, labels }: Identity, run: SampleRun): void {
    const kept = run.times.every((time) => this.isIn(time)) ? run : this.kept(labels.__name__ ?? '', run);
    const { times, values, stale } = kept;
    if (times.length > 0)
      this.series.push({ index, key, labels, times, values: stale ? marked(values, stale) : values });
  }

  /** Counts what labels take once they are written out: a small body can say the same long text very often. */
  spend(characters: number): void {
    this.made += characters;
    if (this.made > MAX_CHARACTERS) {
      throw new ServiceError('PAYLOAD_TOO_LARGE', 'the labels of all series are too much text: send fewer at once');
    }
  }

  /** Why a time is refused, if it is. */
  timeFault(time: number): string | undefined {
    return timeFault(time, this.window);
  }

  private isIn(time: number): boolean {
    return time >= this.window.oldestMs && time <= this.window.newestMs;
  }

  private kept(name: string, { times, values, stale }: SampleRun): SampleRun {
    const kept: SampleRun = { times: [], values: [], stale: new Set() };
    times.forEach((time, i) => {
      const fault = this.timeFault(time);
      if (fault) return this.refusals.add(name, fault);
      if (stale?.has(i)) kept.stale?.add(kept.times.length);
      kept.times.push(time);
      kept.values.push(values[i] ?? 0);
    });
    return kept;
  }
}

function marked(values: readonly number[], stale: ReadonlySet<number>): Float64Array {
  const bits = Float64Array.from(values);
  for (const i of stale) markStale(bits, i);
  return bits;
}
