import { isTrue } from '../truth.js';
import type { Behaviour } from './behaviour.js';

/** The first case that is true, or that has no condition, says where to go on. */
export const switchCase: Behaviour = {
  enter(walk, frame, { task }) {
    for (const { when, then } of (task.switch ?? []).flatMap((item) => Object.values(item))) {
      if (when === undefined || isTrue(walk.evaluateText(frame, when, frame.data))) {
        return walk.complete(frame, frame.data, then);
      }
    }
    walk.complete(frame, frame.data);
  },
};
