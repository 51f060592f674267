import { compensationRef, nodeAt } from '../plan.js';
import { framesOf } from '../state.js';
import type { Walk } from '../walk.js';
import type { Behaviour } from './behaviour.js';

/** Undoes one step after the other, the last one first. Each of them leaves the stack when it is undone. */
export const undo: Pick<Behaviour, 'childDone' | 'childFailed'> & { next(walk: Walk): void } = {
  next(walk) {
    const { undoing, undo: stack } = walk.state;
    // Steps that were under way may still be done: they are undone too, before those that came before them.
    if (!undoing || framesOf(walk.state).some(({ parent }) => parent === null)) return;
    const last = stack.at(-1);
    if (!last) return walk.end(undoing.status, { error: undoing.error });
    const ref = compensationRef(last.ref);
    const frame = walk.add({ parent: null, kind: 'undo', ref, data: last.output });
    const vars = { step: { input: last.input, output: last.output } };
    walk.enter(nodeAt(walk.plan, ref), frame, last.output, { vars });
  },
  childDone(walk, frame) {
    walk.state.undo.pop();
    walk.drop(frame);
    walk.later(() => undo.next(walk));
  },
  childFailed(walk, _frame, _child, error) {
    walk.end('compensation-failed', { error });
  },
};
