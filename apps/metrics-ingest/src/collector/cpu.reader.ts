import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { measure, type Measure } from './measure.js';
import { readCpuTicks, type CpuTicks } from './proc-text.js';

/** What the processors did since the former look. */
export class CpuReader {
  private before?: CpuTicks;

  constructor(private readonly linux: boolean) {}

  async read(): Promise<Measure[]> {
    const count = cpus().length;
    const ticks = this.linux ? readCpuTicks(await readFile('/proc/stat', 'utf8')) : portableTicks();
    const { before } = this;
    this.before = ticks;
    return [measure('cpu_count', count), ...(before ? ratios(before, ticks) : [])];
  }
}

function ratios(before: CpuTicks, after: CpuTicks): Measure[] {
  // Counters of a virtual machine may step back a little.
  const spent = Object.entries(after).map(([mode, ticks]) => [mode, Math.max(0, ticks - (before[mode] ?? 0))] as const);
  const total = spent.reduce((sum, [, ticks]) => sum + ticks, 0);
  if (total === 0) return [];
  const idle = spent
    .filter(([mode]) => mode === 'idle' || mode === 'iowait')
    .reduce((sum, [, ticks]) => sum + ticks, 0);
  const modes = spent.map(([mode, ticks]) => measure('cpu_mode_ratio', ticks / total, { mode }));
  return [measure('cpu_usage_ratio', 1 - idle / total), ...modes];
}

function portableTicks(): CpuTicks {
  const sums: Record<string, number> = {};
  for (const { times } of cpus()) {
    for (const [mode, ms] of Object.entries({ ...times, sys: 0, system: times.sys })) {
      if (mode !== 'sys') sums[mode] = (sums[mode] ?? 0) + ms;
    }
  }
  return sums;
}
