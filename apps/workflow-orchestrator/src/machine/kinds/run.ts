import { derivedId } from '@scm/database';
import type { Behaviour } from './behaviour.js';

/** An execution of another workflow. Its id follows from this task, so that it is started no more than once. */
export const run: Behaviour = {
  enter(walk, frame, { task }) {
    const { input = {} } = task.run?.workflow ?? {};
    frame.own = {
      child: derivedId(`child|${walk.started.id}|${frame.id}`),
      input: walk.evaluate(frame, input, frame.data),
    };
    walk.record(frame, 'running', { input: frame.data });
  },
};
