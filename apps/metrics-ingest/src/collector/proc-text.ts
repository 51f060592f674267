/** Ticks the processors spent in each mode since the machine started. */
export type CpuTicks = Readonly<Record<string, number>>;

const CPU_MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
const SECTOR_BYTES = 512;

/** The first line of `/proc/stat`. */
export function readCpuTicks(stat: string): CpuTicks {
  const fields = stat.split('\n', 1)[0]?.trim().split(/ +/).slice(1) ?? [];
  return Object.fromEntries(CPU_MODES.map((mode, i) => [mode, Number(fields[i] ?? 0)]));
}

/** `/proc/meminfo` in bytes. */
export function readMeminfo(meminfo: string): ReadonlyMap<string, number> {
  const lines = meminfo.split('\n').map((line) => /^(\w+):\s+(\d+) kB/.exec(line));
  return new Map(lines.flatMap((match) => (match ? [[match[1] ?? '', Number(match[2]) * 1_024]] : [])));
}

export interface DeviceTraffic {
  device: string;
  receivedBytes: number;
  receivedPackets: number;
  sentBytes: number;
  sentPackets: number;
}

/** `/proc/net/dev`. */
export function readNetworkDevices(dev: string): DeviceTraffic[] {
  return dev.split('\n').flatMap((line) => {
    const match = /^\s*([^:\s]+):\s*(.*)$/.exec(line);
    if (!match) return [];
    const n = (match[2] ?? '').trim().split(/ +/).map(Number);
    const [receivedBytes = 0, receivedPackets = 0] = n;
    return [{ device: match[1] ?? '', receivedBytes, receivedPackets, sentBytes: n[8] ?? 0, sentPackets: n[9] ?? 0 }];
  });
}

/** Whole disks of `/proc/diskstats`, with the bytes read and written since the machine started. */
export function readDisks(diskstats: string): { device: string; readBytes: number; writtenBytes: number }[] {
  return diskstats.split('\n').flatMap((line) => {
    const fields = line.trim().split(/ +/);
    const device = fields[2] ?? '';
    if (!/^(sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+|nvme\d+n\d+|mmcblk\d+|md\d+|dm-\d+)$/.test(device)) return [];
    const [read, written] = [Number(fields[5] ?? 0), Number(fields[9] ?? 0)];
    return [{ device, readBytes: read * SECTOR_BYTES, writtenBytes: written * SECTOR_BYTES }];
  });
}

/** Mount points of `/proc/self/mounts` that are on a disk, one for each device, the root always among them. */
export function readMountpoints(mounts: string): string[] {
  const byDevice = new Map<string, string>([['root', '/']]);
  for (const line of mounts.split('\n')) {
    const [device = '', path = ''] = line.split(' ');
    if (device.startsWith('/dev/') && path !== '/' && !byDevice.has(device)) byDevice.set(device, unescape(path));
  }
  return [...byDevice.values()];
}

export interface ProcessTimes {
  command: string;
  /** Processor time used since it started, in ticks of 10 ms. */
  ticks: number;
  /** When it started, in ticks since the machine did: tells a reused pid. */
  startedAt: number;
  residentPages: number;
}

/** `/proc/<pid>/stat`; the command stands in parentheses and may hold any character. */
export function readProcess(stat: string): ProcessTimes | undefined {
  const [open, close] = [stat.indexOf('('), stat.lastIndexOf(')')];
  if (open < 0 || close < open) return undefined;
  const fields = stat
    .slice(close + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0] = [fields[11], fields[12]];
  const command = stat.slice(open + 1, close);
  return { command, ticks: user + system, startedAt: fields[19] ?? 0, residentPages: fields[21] ?? 0 };
}

function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
