import type { Limit } from '../machine/limits.js';
import { count, freeAtMs, hasRoom, type Counter } from './counter.js';
import type { AdmissionRow } from './admission.entities.js';
import type { LaneName } from './lanes.js';

export type Candidate = Pick<
  AdmissionRow,
  'executionId' | 'frame' | 'workspaceId' | 'lane' | 'priority' | 'rank' | 'limits' | 'blockedBy'
>;

export interface Choice {
  admitted: Candidate[];
  /** What a limit holds back, with its key, and when a rate lets it begin, Unix milliseconds. */
  blocked: { candidate: Candidate; by: string; freeAtMs?: number }[];
  /** What no limit holds back any more, though its lane has no room. */
  unblocked: Candidate[];
}

/**
 * Which of the candidates begin now: the lowest priority number first, then by rank, as long as their lane has room and each
 * of their limits lets one more begin. Counts what it admits in `counters`.
 */
export function choose(
  candidates: readonly Candidate[],
  counters: ReadonlyMap<string, Counter>,
  rooms: ReadonlyMap<LaneName, number>,
  nowMs: number,
): Choice {
  const left = new Map(rooms);
  const choice: Choice = { admitted: [], blocked: [], unblocked: [] };
  for (const candidate of candidates.toSorted((a, b) => a.priority - b.priority || a.rank - b.rank)) {
    const { lane, limits } = candidate;
    const counterOf = ({ key }: Limit): Counter => counters.get(counterKey(candidate.workspaceId, key)) ?? noCounter();
    const full = limits?.find((limit) => !hasRoom(counterOf(limit), limit, nowMs));
    if (full) {
      choice.blocked.push({ candidate, by: full.key, freeAtMs: freeAtMs(counterOf(full), full, nowMs) });
      continue;
    }
    const room = left.get(lane) ?? 0;
    if (room <= 0) {
      if (candidate.blockedBy) choice.unblocked.push(candidate);
      continue;
    }
    left.set(lane, room - 1);
    for (const limit of limits ?? []) count(counterOf(limit), limit, nowMs);
    choice.admitted.push(candidate);
  }
  return choice;
}

export function counterKey(workspaceId: string, key: string): string {
  return `${workspaceId}/${key}`;
}

function noCounter(): never {
  throw new TypeError('a limit without its counter');
}
