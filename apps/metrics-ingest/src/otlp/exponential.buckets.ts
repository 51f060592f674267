import type { Buckets, ExponentialValue, HistogramValue } from './otlp.model.js';

/** Series a converted histogram has at most, besides its sum and count. */
const MAX_BUCKETS = 40;
const MIN_SCALE = -10;
const MAX_SCALE = 20;

/** Why a histogram cannot be converted, if it cannot. */
export function exponentialFault({ scale, positive, negative }: ExponentialValue): string | undefined {
  if (!Number.isInteger(scale) || scale < MIN_SCALE || scale > MAX_SCALE) {
    return `scale must be ${MIN_SCALE} to ${MAX_SCALE}`;
  }
  const isFar = [positive, negative].some(({ offset }) => !Number.isInteger(offset) || Math.abs(offset) > 2 ** 31);
  return isFar ? 'a bucket offset is no 32 bit number' : undefined;
}

/**
 * The same counts in buckets with bounds, as the store keeps them. While there are more than 40 neighbours are merged, so
 * that the bounds of all scales are some of those of the finest one.
 */
export function withBounds(value: ExponentialValue): HistogramValue {
  const { count, sum, scale, positive, negative } = coarser(value);
  const bound = (index: number) => 2 ** (index * 2 ** -scale);
  const filled: [bound: number, count: number][] = [
    // Below zero a bucket ends where its mirror image begins.
    ...negative.counts.map((n, i): [number, number] => [-bound(negative.offset + i), n]).toReversed(),
    ...zero(value),
    ...positive.counts.map((n, i): [number, number] => [bound(positive.offset + i + 1), n]),
  ];
  const finite = filled.filter(([end]) => Number.isFinite(end));
  const beyond = count - finite.reduce((total, [, n]) => total + n, 0);
  return {
    kind: 'histogram',
    count,
    ...(sum !== undefined && { sum }),
    bounds: finite.map(([end]) => end),
    counts: [...finite.map(([, n]) => n), Math.max(0, beyond)],
  };
}

/** At half the resolution each two buckets are one. */
export function halved(value: ExponentialValue): ExponentialValue {
  const { scale, positive, negative } = value;
  return { ...value, scale: scale - 1, positive: merged(positive), negative: merged(negative) };
}

function coarser(value: ExponentialValue): ExponentialValue {
  let found = value;
  while (found.positive.counts.length + found.negative.counts.length > MAX_BUCKETS - 1 && found.scale > MIN_SCALE) {
    found = halved(found);
  }
  return found;
}

function merged({ offset, counts }: Buckets): Buckets {
  if (counts.length === 0) return { offset: 0, counts };
  const first = Math.floor(offset / 2);
  const halves: number[] = [];
  counts.forEach((count, i) => {
    const at = Math.floor((offset + i) / 2) - first;
    halves[at] = (halves[at] ?? 0) + count;
  });
  return { offset: first, counts: halves };
}

/** What is as good as zero ends at the threshold. */
function zero({ zeroCount, zeroThreshold, negative }: ExponentialValue): [number, number][] {
  return zeroCount > 0 || negative.counts.length > 0 ? [[zeroThreshold, zeroCount]] : [];
}
