import { loops, timedMs } from '../load.mjs';
import { repeat } from '../statistics.mjs';

/**
 * One way to execute three steps that do nothing.
 * @typedef {object} Engine
 * @property {string} name
 * @property {string} [postgresUrl] whose commits and log are counted
 * @property {<T>(work: (turn: Turn) => Promise<T>) => Promise<T>} turn gives the engine while it is its turn
 *
 * @typedef {object} Turn
 * @property {Record<string, number>} pids its processes, without the client, which is this one
 * @property {(load: {width: number, seconds: number}) => Promise<{count: number, perSecond: number}>} load
 * @property {(times: number) => Promise<number[]>} idle ms from start to end of executions, one after the other
 */

/** The turn of an engine that this process asks for each execution: `execute` resolves when one has ended. */
export const asked = (pids, execute) => ({
  pids,
  load: (load) => loops(execute, load),
  idle: (times) => repeat(() => timedMs(execute), times),
});

/** The input of every execution. */
export const input = { host: 'bench-1', core: 3, value: 0.75, labels: { region: 'north', tier: 'gold' } };
