import { advance, begin, type Change } from './machine.js';
import type { Plan } from './plan.js';
import type { Started } from './scope.js';
import type { MachineState } from './state.js';

/** One transition as the history keeps it: what caused it, and all that made it what it was. */
export interface Recorded {
  at: Date;
  data: {
    change: Change;
    random: number;
    /** What an execution that is a fork began with. */
    state?: MachineState;
  };
}

/** The states an execution went through, made again from its history; they end where the history does not apply. */
export function* replay(plan: Plan, started: Started, history: Iterable<Recorded>): Generator<MachineState> {
  let state: MachineState | undefined;
  for (const { at, data } of history) {
    const moment = { now: at, random: data.random };
    state =
      state === undefined
        ? (data.state ?? begin(plan, started, moment).state)
        : advance(plan, started, state, data.change, moment)?.state;
    if (!state) return;
    yield state;
  }
}
