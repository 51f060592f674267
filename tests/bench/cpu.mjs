import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

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
  const all = fs.readdirSync('/proc').flatMap((pid) => (/^\d+$/.test(pid) ? (statOf(pid) ?? []) : []));
  const ticksOf = (pid) =>
    all.filter((stat) => stat.pid === pid || stat.parent === pid).reduce((sum, { ticks }) => sum + ticks, 0);
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, ticksOf(pid) / ticksPerSecond]));
}

/** The program's name, which may hold spaces, stands in brackets before the fields that count. */
function statOf(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [parent, user, system] = [fields[1], fields[11], fields[12]].map(Number);
    return { pid: Number(pid), parent, ticks: user + system };
  } catch {
    return undefined;
  }
}
