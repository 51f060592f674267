import { readdir, readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { measure, type Measure } from './measure.js';
import { readProcess, type ProcessTimes } from './proc-text.js';

const TOP = 10;
const MAX_PROCESSES = 5_000;
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;
const AT_ONCE = 32;
/** Each process is a series of its own, so those that come and go are left out. */
const MIN_AGE_SECONDS = 60;

interface Usage extends ProcessTimes {
  pid: string;
  cpuRatio: number;
}

/** The processes that use most processor time and most memory; only Linux tells them in files. */
export class ProcessReader {
  private before = new Map<string, ProcessTimes>();
  private beforeMs = 0;

  constructor(private readonly linux: boolean) {}

  async read(nowMs: number): Promise<Measure[]> {
    if (!this.linux) return [];
    const now = await readAll();
    const seconds = (nowMs - this.beforeMs) / 1_000;
    const usages = [...now].map(([pid, times]): Usage => ({
      ...times,
      pid,
      cpuRatio: this.ratio(pid, times, seconds),
    }));
    const first = this.beforeMs === 0;
    [this.before, this.beforeMs] = [now, nowMs];
    const lasting = usages.filter(({ startedAt }) => uptime() - startedAt / TICKS_PER_SECOND >= MIN_AGE_SECONDS);
    return first ? [] : topOf(lasting).flatMap(toMeasures);
  }

  private ratio(pid: string, { ticks, startedAt }: ProcessTimes, seconds: number): number {
    const before = this.before.get(pid);
    const ticksBefore = before?.startedAt === startedAt ? before.ticks : ticks;
    return Math.max(0, ticks - ticksBefore) / TICKS_PER_SECOND / seconds;
  }
}

async function readAll(): Promise<Map<string, ProcessTimes>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).slice(0, MAX_PROCESSES);
  const found = new Map<string, ProcessTimes>();
  for (let i = 0; i < pids.length; i += AT_ONCE) {
    const some = pids.slice(i, i + AT_ONCE);
    const texts = await Promise.all(some.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
    some.forEach((pid, at) => {
      const times = readProcess(texts[at] ?? '');
      if (times) found.set(pid, times);
    });
  }
  return found;
}

function topOf(usages: Usage[]): Usage[] {
  const byCpu = usages.toSorted((a, b) => b.cpuRatio - a.cpuRatio).slice(0, TOP);
  const byMemory = usages.toSorted((a, b) => b.residentPages - a.residentPages).slice(0, TOP);
  return [...new Set([...byCpu, ...byMemory])];
}

function toMeasures({ pid, command, cpuRatio, residentPages }: Usage): Measure[] {
  const labels = { pid, command: command.replaceAll('\0', '').toWellFormed() };
  return [
    measure('process_cpu_usage_ratio', cpuRatio, labels),
    measure('process_memory_bytes', residentPages * PAGE_BYTES, labels),
  ];
}
