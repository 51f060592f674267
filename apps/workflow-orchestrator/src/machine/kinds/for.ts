import { ExpressionError } from '../../definitions/expression.js';
import type { Frame } from '../state.js';
import { isTrue } from '../truth.js';
import type { Walk } from '../walk.js';
import type { Behaviour } from './behaviour.js';

/** One item after the other: each gets what the one before gave. */
export const forEach: Behaviour = {
  enter(walk, frame, { task }) {
    const items = walk.evaluateText(frame, task.for?.in, frame.data);
    if (!Array.isArray(items)) throw new ExpressionError('`for.in` gives no list');
    frame.own = { items };
    frame.index = 0;
    next(walk, frame, frame.data);
  },
  childDone(walk, frame, _child, output) {
    frame.index = (frame.index ?? 0) + 1;
    next(walk, frame, output);
  },
};

function next(walk: Walk, frame: Frame, data: unknown): void {
  const { task } = walk.node(frame);
  const { each = 'item', at = 'index' } = task.for ?? {};
  const items = frame.own?.items as unknown[];
  const index = frame.index ?? 0;
  if (index >= items.length) return walk.complete(frame, data);
  frame.vars = { [each]: items[index], [at]: index };
  if (task.while !== undefined && !isTrue(walk.evaluateText(frame, task.while, data)))
    return walk.complete(frame, data);
  walk.openList(frame, `${frame.ref}/do`, data);
}
