import type { LabelSet } from '../values/label-set.js';
import { xxhash64 } from '../values/xxhash64.js';

const places = new WeakMap<LabelSet, number>();
const MAX = Number(2n ** 64n - 1n);

/** A place between 0 and 1 that depends on the labels alone, and is Prometheus's own, so that both keep the same series. */
export function placeOf(labels: LabelSet): number {
  const known = places.get(labels);
  if (known !== undefined) return known;
  const place = Number(xxhash64(Buffer.concat(labels.pairs.flat().flatMap(sized)))) / MAX;
  places.set(labels, place);
  return place;
}

function sized(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  const size = length < 255 ? [length] : [255, length & 0xff, (length >> 8) & 0xff, (length >> 16) & 0xff];
  return [Buffer.from(size), bytes];
}
