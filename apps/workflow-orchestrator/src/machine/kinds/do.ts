import type { Behaviour } from './behaviour.js';

export const doTasks: Behaviour = {
  enter(walk, frame) {
    walk.openList(frame, `${frame.ref}/do`, frame.data);
  },
  childDone(walk, frame, _child, output) {
    walk.complete(frame, output);
  },
};
