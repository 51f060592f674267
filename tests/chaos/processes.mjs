import fs from 'node:fs';
import { statsIn } from '../proc-stat.mjs';

/** A process with all that it started, since a server's helpers are no less the server. */
export function treeOf(pid) {
  const children = Map.groupBy(statsIn(), ({ parent }) => parent);
  const tree = [pid];
  for (let at = 0; at < tree.length; at++) tree.push(...(children.get(tree[at]) ?? []).map((child) => child.pid));
  return tree;
}

/** Sends a signal to each of them; one that ended meanwhile is no matter. */
export function signalAll(pids, signal) {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

/** Whether every thread of them is stopped by SIGSTOP: a system call under way, such as fsync, ends first. */
export const allStopped = (pids) => pids.flatMap(threadsOf).every(({ state }) => ['T', 'Z'].includes(state));

/** The number of the user whom a process acts for. */
export const userOf = (pid) => Number(/^Uid:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

/** Resident memory in MiB and open handles. */
export function usageOf(pid) {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  const rssMib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024;
  return { rssMib, handles: fs.readdirSync(`/proc/${pid}/fd`).length };
}

const threadsOf = (pid) => (fs.existsSync(`/proc/${pid}/task`) ? statsIn(`/proc/${pid}/task`) : []);
