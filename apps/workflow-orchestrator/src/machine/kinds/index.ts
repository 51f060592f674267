import type { Frame } from '../state.js';
import type { TaskKind } from '../plan.js';
import type { Behaviour } from './behaviour.js';
import { call } from './call.js';
import { doTasks } from './do.js';
import { emit } from './emit.js';
import { forEach } from './for.js';
import { fork } from './fork.js';
import { list } from './list.js';
import { listen } from './listen.js';
import { raise } from './raise.js';
import { run } from './run.js';
import { set } from './set.js';
import { switchCase } from './switch.js';
import { tryTasks } from './try.js';
import { undo } from './undo.js';
import { wait } from './wait.js';

/** Every kind of frame, one file each. */
export const kinds = {
  list,
  undo,
  set,
  switch: switchCase,
  raise,
  emit,
  do: doTasks,
  for: forEach,
  fork,
  try: tryTasks,
  wait,
  listen,
  call,
  run,
} satisfies Record<TaskKind, Behaviour> & Record<Exclude<Frame['kind'], TaskKind>, Partial<Behaviour>>;

/** The same without what only one kind has. */
export const behaviours: Record<Frame['kind'], Partial<Behaviour>> = kinds;
