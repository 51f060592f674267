import { ExpressionError } from '../../definitions/expression.js';
import type { Behaviour } from './behaviour.js';

/** A sequence: where it goes after a task is the task's flow directive. */
export const list: Pick<Behaviour, 'childDone'> = {
  childDone(walk, frame, _child, output, directive) {
    frame.data = output;
    if (directive === 'end') return walk.finish(output);
    if (directive === 'exit') return walk.leave(frame, output);
    if (directive === 'continue') frame.index = (frame.index ?? 0) + 1;
    else {
      const nodes = walk.plan.lists.get(frame.ref) ?? [];
      frame.index = nodes.findIndex(({ name }) => name === directive);
      if (frame.index === -1) throw new ExpressionError(`there is no task ${directive} beside it to go on with`);
    }
    walk.enterNext(frame);
  },
};
