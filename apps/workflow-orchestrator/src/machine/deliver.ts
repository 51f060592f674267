import type { CloudEvent } from './cloud-event.js';
import { behaviours } from './kinds/index.js';
import { framesOf } from './state.js';
import type { Walk } from './walk.js';

/** Hands an event to every task that waits for events; false when none of them waits for this one. */
export function deliver(walk: Walk, event: CloudEvent): boolean {
  let isWanted = false;
  for (const frame of framesOf(walk.state).filter(({ waits }) => waits === 'event')) {
    if (!walk.frame(frame.id)) continue;
    walk.guarded(frame, () => {
      if (behaviours[frame.kind].consume?.(walk, frame, event)) isWanted = true;
    });
  }
  return isWanted;
}
