import type { Batch } from '../ingest/batch.js';
import { isBad } from '../ingest/identity.js';
import { fingerprintOf } from '../series/labels.js';
import { cumulate, type DeltaState } from './cumulate.js';
import type { NamedPoint, PointTranslator } from './point.translator.js';

/** By time, since a sender may put the points of a stream in any order. */
export function addAll(
  batch: Batch,
  points: readonly NamedPoint[],
  streams: readonly (string | undefined)[],
  known: Map<string, DeltaState>,
  translator: PointTranslator,
): Map<string, DeltaState> {
  const changed = new Map<string, DeltaState>();
  const order = [...points.keys()].sort((a, b) => (points[a]?.point.timeMs ?? 0) - (points[b]?.point.timeMs ?? 0));
  for (const i of order) {
    const [named, stream] = [points[i], streams[i]];
    if (!named || stream === undefined) continue;
    const fault = batch.timeFault(named.point.timeMs);
    const result = fault ? { fault } : cumulate(known.get(stream), named.point);
    if ('fault' in result) batch.refusals.add(named.name, result.fault);
    if (!('state' in result)) continue;
    known.set(stream, result.state);
    changed.set(stream, result.state);
    translator.add({ ...named, point: { ...named.point, value: result.state.value, timeMs: result.timeMs } });
  }
  return changed;
}

/** Undefined for labels that no series may have: the translator refuses them. */
export function streamOf(named: NamedPoint, translator: PointTranslator): string | undefined {
  const base = translator.identify(named, { suffix: '' });
  return isBad(base) ? undefined : fingerprintOf(`${named.point.value.kind} ${base.key}`);
}
