import type { Behaviour } from './behaviour.js';

/** Branches side by side: the outputs of all in their order, or, when they compete, of the first. */
export const fork: Behaviour = {
  enter(walk, frame, { ref }) {
    const branches = walk.plan.lists.get(`${ref}/fork/branches`) ?? [];
    frame.own = { left: branches.length, outputs: [] };
    if (branches.length === 0) return walk.complete(frame, []);
    branches.forEach((branch, index) =>
      walk.later(() => {
        if (walk.frame(frame.id)) walk.enter(branch, frame, frame.data, { branch: index });
      }),
    );
  },
  childDone(walk, frame, child, output, directive) {
    if (directive === 'end') return walk.finish(output);
    const { left, outputs } = frame.own as { left: number; outputs: unknown[] };
    if (walk.node(frame).task.fork?.compete) {
      dropAll();
      return walk.complete(frame, output);
    }
    const all = [...outputs];
    all[child.branch ?? 0] = output;
    frame.own = { left: left - 1, outputs: all };
    if (left === 1) walk.complete(frame, all);

    function dropAll(): void {
      for (const loser of walk.below(frame)) {
        if (!walk.mayBeDone(loser)) walk.record(loser, 'cancelled');
        walk.discard(loser);
      }
    }
  },
  childFailed(walk, frame, _child, error) {
    const { left, outputs } = frame.own as { left: number; outputs: unknown[] };
    if (!walk.node(frame).task.fork?.compete || left === 1) return walk.fail(frame, error);
    frame.own = { left: left - 1, outputs };
  },
};
