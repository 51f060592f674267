import type { Behaviour } from './behaviour.js';

export const wait: Behaviour = {
  enter(walk, frame, { task }) {
    frame.waits = 'timer';
    frame.wakeAt = walk.after(walk.durationMs(frame, task.wait ?? {}));
    walk.record(frame, 'waiting', { waits: 'timer', until: frame.wakeAt });
  },
  wake(walk, frame) {
    walk.complete(frame, frame.data);
  },
};
