import type { Reason } from '@scm/contracts';
import { nameOfLimit } from '../machine/limits.js';
import { MAX_AHEAD, type Place } from './queue.repository.js';
import { PAUSED } from './queue.sql.js';

/** What something waits for that has not been admitted. */
export function placeReason(place: Place): Pick<Reason, 'waits' | 'since' | 'detail'> {
  return { since: place.queuedAt.toISOString(), ...waitOf(place) };
}

function waitOf({ blockedBy, limits, lane, priority, ahead }: Place): Pick<Reason, 'waits' | 'detail'> {
  if (blockedBy === PAUSED) return { waits: 'resume', detail: 'it is in the queue until the execution is resumed' };
  const limit = limits?.find(({ key }) => key === blockedBy);
  if (limit) {
    const { limit: most, periodMs } = limit;
    const [unit = ''] = limit.key.split(/[-:]/);
    const what = periodMs === undefined ? `${most} ${unit}s at once` : `${most} ${unit}s in ${periodMs} ms`;
    return { waits: 'limit', detail: `its key \`${nameOfLimit(limit)}\` lets no more than ${what} begin` };
  }
  const before = ahead < MAX_AHEAD ? ahead : `${MAX_AHEAD} or more`;
  const queue = lane === 'execution' ? 'executions' : `${lane} steps`;
  return { waits: 'queue', detail: `priority ${priority} in the queue of ${queue}, with ${before} before it` };
}
