import { ServiceError } from '@scm/contracts';
import { markStale } from '@scm/promql';
import type { NewExemplar } from '../exemplars/exemplar.service.js';
import type { MetricMetadata } from '../metadata/metric.metadata.js';
import type { Identity, LabelPair } from './identity.js';
import { Refusals, timeFault, type AcceptedSeries, type TimeWindow } from './series-input.js';

const MAX_CHARACTERS = 67_108_864;
const MAX_EXEMPLAR = 1_024;

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
  readonly exemplars: NewExemplar[] = [];
  readonly metadata: MetricMetadata[] = [];
  readonly warnings = new Set<string>();
  /** Series that stand for others. */
  readonly folded = new Set<Identity>();
  private made = 0;

  constructor(private readonly window: TimeWindow) {}

  /**
   * Takes what lies in the window and refuses the rest, by the name of the metric.
   * @param index tells which part of the request it is, for whoever counts by such parts.
   */
  add(index: number, identity: Identity, run: SampleRun): void {
    const { key, labels } = identity;
    if (identity.folded) this.folded.add(identity);
    const kept = run.times.every((time) => this.isIn(time)) ? run : this.kept(labels.__name__ ?? '', run);
    const { times, values, stale } = kept;
    if (times.length > 0)
      this.series.push({ index, key, labels, times, values: stale ? marked(values, stale) : values });
  }

  /** Takes an example of a sample; one that is refused is only warned of, since the sample is good without it. */
  addExemplar(identity: Identity, pairs: readonly LabelPair[], value: number, timeMs: number): void {
    const fault = exemplarFault(pairs) ?? this.timeFault(timeMs);
    const name = identity.labels.__name__ ?? '';
    if (fault) this.warn(`${name}: an exemplar was not taken: ${fault}`);
    else this.exemplars.push({ identity, labels: Object.fromEntries(pairs), value, timeMs });
  }

  warn(text: string): void {
    if (this.warnings.size < Refusals.maxShown) this.warnings.add(text.slice(0, 512));
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

function exemplarFault(pairs: readonly LabelPair[]): string | undefined {
  const texts = pairs.flat();
  if (texts.some((text) => !text.isWellFormed() || text.includes('\0'))) return 'a label is no text';
  const length = texts.reduce((sum, text) => sum + text.length, 0);
  return length > MAX_EXEMPLAR ? `its labels have more than ${MAX_EXEMPLAR} characters` : undefined;
}
