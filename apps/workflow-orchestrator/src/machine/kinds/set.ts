import type { Behaviour } from './behaviour.js';

export const set: Behaviour = {
  enter(walk, frame, { task }) {
    walk.complete(frame, walk.evaluate(frame, task.set, frame.data));
  },
};
