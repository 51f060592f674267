import fs from 'node:fs';

/** A process with all that it started, since a server's helpers are no less the server. */
export function treeOf(pid) {
  const children = Map.groupBy(allProcesses(), ({ parent }) => parent);
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

/** Whether every one of them is stopped by SIGSTOP, also in the kernel: a system call under way ends first. */
export const allStopped = (pids) => pids.every((pid) => ['T', 'Z', undefined].includes(statOf(pid)?.state));

/** Resident memory in MiB and open handles. */
export function usageOf(pid) {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  const rssMib = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024;
  return { rssMib, handles: fs.readdirSync(`/proc/${pid}/fd`).length };
}

function allProcesses() {
  return fs.readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
}

/** The program's name, which may hold spaces, stands in brackets before the fields that count. */
function statOf(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { pid, state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
