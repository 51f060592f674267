import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

let steps = new Float64Array(512);

/** Times after the first one, as changes of the distance between neighbours: regular ones take a few bytes all together. */
export function writeTimes(to: ByteWriter, times: Float64Array): void {
  const count = times.length - 1;
  const changes = scratch(count);
  let distance = 0;
  for (let i = 0; i < count; i++) {
    const next = (times[i + 1] ?? 0) - (times[i] ?? 0);
    changes[i] = next - distance;
    distance = next;
  }
  to.signed(changes, count);
}

/** Fills `times`, the first of which is known. */
export function readTimes(from: ByteReader, t0: number, times: Float64Array): void {
  const count = times.length - 1;
  const changes = scratch(count);
  from.signed(changes, count);
  let [time, distance] = [t0, 0];
  times[0] = t0;
  for (let i = 0; i < count; i++) {
    distance += changes[i] ?? 0;
    time += distance;
    times[i + 1] = time;
  }
}

function scratch(count: number): Float64Array {
  if (steps.length < count) steps = new Float64Array(count);
  return steps;
}
