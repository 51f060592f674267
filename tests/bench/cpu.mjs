import { execFileSync } from 'node:child_process';
import { statsIn } from '../proc-stat.mjs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** CPU seconds, by name, that processes with their children used while `work` ran; `elapsedMs` and its `result` too. */
export async function withCpu(pids, work) {
  const before = read(pids);
  const startedMs = performance.now();
  const result = await work();
  const elapsedMs = performance.now() - startedMs;
  const after = read(pids);
  const seconds = Object.fromEntries(Object.keys(pids).map((name) => [name, after[name] - before[name]]));
  return { result, elapsedMs, seconds, total: Object.values(seconds).reduce((sum, value) => sum + value, 0) };
}

function read(pids) {
  const all = statsIn();
  const ticksOf = (pid) =>
    all.filter((stat) => stat.pid === pid || stat.parent === pid).reduce((sum, { ticks }) => sum + ticks, 0);
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, ticksOf(pid) / ticksPerSecond]));
}
