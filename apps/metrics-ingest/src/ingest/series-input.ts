import type { IngestError } from '@scm/contracts';
import { keyOf, LABEL_NAME, METRIC_NAME, type Labels } from '../series/labels.js';

/** One accepted series of a request with its accepted samples. */
export interface AcceptedSeries {
  /** Where it stands in the request. */
  index: number;
  key: string;
  labels: Labels;
  /** Unix milliseconds. */
  times: ArrayLike<number>;
  /** Where stale markers may be among them, the bits of an array of their own kind say so. */
  values: Float64Array | number[];
}

export interface TimeWindow {
  oldestMs: number;
  newestMs: number;
}

const MAX_LABELS = 64;
const MAX_NAME_BYTES = 1_024;
const MAX_VALUE_BYTES = 4_096;

/** What was refused: exact counts, and the first reasons. */
export class Refusals {
  static readonly maxShown = 20;
  readonly errors: IngestError[] = [];
  rejected = 0;

  add(path: string, message: string, samples = 1): void {
    this.rejected += samples;
    if (this.errors.length >= Refusals.maxShown) return;
    this.errors.push({ path: path.slice(0, 128), message: message.slice(0, 512) });
  }
}

/** Reads the series of a request by hand: what is wrong is refused alone, what is right is accepted. */
export function readSeries(inputs: readonly unknown[], window: TimeWindow, refusals: Refusals): AcceptedSeries[] {
  const accepted: AcceptedSeries[] = [];
  inputs.forEach((input, index) => {
    const series = readOne(input, index, window, refusals);
    if (series && series.times.length > 0) accepted.push(series);
  });
  return accepted;
}

function readOne(input: unknown, index: number, window: TimeWindow, refusals: Refusals): AcceptedSeries | undefined {
  const path = `series.${index}`;
  const refuse = (at: string, message: string, samples = 1): undefined => {
    refusals.add(at, message, samples);
    return undefined;
  };
  if (!isObject(input)) return refuse(path, 'must be an object with labels and samples');
  const { labels, samples } = input;
  if (!Array.isArray(samples)) return refuse(`${path}.samples`, 'must be a list of [timestampMs, value]');
  const fault = labelsFault(labels);
  if (fault) return refuse(`${path}.${fault.path}`, fault.message, Math.max(1, samples.length));
  // An empty value is the same as no label.
  const kept = Object.fromEntries(Object.entries(labels as Labels).filter(([, value]) => value !== ''));
  const [times, values]: [number[], number[]] = [[], []];
  samples.forEach((sample: unknown, i) => {
    const reason = sampleFault(sample, window);
    if (reason) return refusals.add(`${path}.samples.${i}`, reason);
    const [time, value] = sample as [number, number];
    times.push(time);
    values.push(value);
  });
  return { index, key: keyOf(kept), labels: kept, times, values };
}

/** What is wrong with labels, and where. */
export function labelsFault(labels: unknown): { path: string; message: string } | undefined {
  if (!isObject(labels)) return { path: 'labels', message: 'must be an object of texts' };
  const entries = Object.entries(labels);
  if (entries.length > MAX_LABELS) return { path: 'labels', message: `has more than ${MAX_LABELS} labels` };
  for (const [name, value] of entries) {
    if (!LABEL_NAME.test(name)) return { path: 'labels', message: `${quoted(name)} is not a label name` };
    const path = `labels.${name}`;
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) return { path, message: `is longer than ${MAX_NAME_BYTES} bytes` };
    if (typeof value !== 'string') return { path, message: 'must be a text' };
    if (Buffer.byteLength(value) > MAX_VALUE_BYTES) return { path, message: `is longer than ${MAX_VALUE_BYTES} bytes` };
    if (value.includes('\0') || !value.isWellFormed()) return { path, message: 'has a NUL or half a surrogate pair' };
  }
  return nameFault(Object.hasOwn(labels, '__name__') ? (labels as Labels).__name__ : undefined);
}

function nameFault(name: string | undefined): { path: string; message: string } | undefined {
  const path = 'labels.__name__';
  if (name === undefined || name === '') return { path, message: 'is missing' };
  if (!METRIC_NAME.test(name)) return { path, message: `${quoted(name)} is not a metric name` };
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return { path, message: `is longer than ${MAX_NAME_BYTES} bytes` };
  return undefined;
}

function sampleFault(sample: unknown, window: TimeWindow): string | undefined {
  if (!Array.isArray(sample) || sample.length !== 2) return 'must be [timestampMs, value]';
  const [time, value] = sample as unknown[];
  if (!Number.isSafeInteger(time)) return 'the timestamp must be whole Unix milliseconds';
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'the value must be a finite number';
  return timeFault(time as number, window);
}

export function timeFault(timeMs: number, { oldestMs, newestMs }: TimeWindow): string | undefined {
  if (timeMs < oldestMs) return 'the timestamp is too old';
  if (timeMs > newestMs) return 'the timestamp lies too far in the future';
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}
