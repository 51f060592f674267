import { derivedId } from '@scm/database';
import type { CloudEvent } from '../cloud-event.js';
import type { Behaviour } from './behaviour.js';

export const emit: Behaviour = {
  enter(walk, frame, { task }) {
    const given = walk.evaluate(frame, task.emit?.event.with, frame.data) as Partial<CloudEvent> & { type: string };
    const event: CloudEvent = {
      specversion: '1.0',
      // The same for the same task, so that an event that is published again is known.
      id: derivedId(`emit|${walk.started.id}|${frame.id}`),
      source: `urn:scm:workflow:${walk.started.workflow}`,
      time: walk.moment.now.toISOString(),
      ...given,
    };
    walk.emitted.push(event);
    walk.complete(frame, event);
  },
};
