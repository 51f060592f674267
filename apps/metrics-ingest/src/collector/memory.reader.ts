import { readFile } from 'node:fs/promises';
import { freemem, loadavg, totalmem, uptime } from 'node:os';
import { measure, type Measure } from './measure.js';
import { readMeminfo } from './proc-text.js';

export async function readMemory(linux: boolean): Promise<Measure[]> {
  const info = linux ? readMeminfo(await readFile('/proc/meminfo', 'utf8')) : new Map<string, number>();
  const total = info.get('MemTotal') ?? totalmem();
  const available = info.get('MemAvailable') ?? freemem();
  const swapTotal = info.get('SwapTotal');
  return [
    measure('memory_total_bytes', total),
    measure('memory_available_bytes', available),
    measure('memory_used_bytes', total - available),
    ...(info.has('Cached') ? [measure('memory_cached_bytes', info.get('Cached') ?? 0)] : []),
    ...(swapTotal === undefined
      ? []
      : [
          measure('swap_total_bytes', swapTotal),
          measure('swap_used_bytes', swapTotal - (info.get('SwapFree') ?? swapTotal)),
        ]),
  ];
}

export function readLoad(): Measure[] {
  const [load1 = 0, load5 = 0, load15 = 0] = loadavg();
  return [
    measure('load1', load1),
    measure('load5', load5),
    measure('load15', load15),
    measure('uptime_seconds', uptime()),
  ];
}
