import { readFile, statfs } from 'node:fs/promises';
import { measure, type Measure } from './measure.js';
import { readDisks, readMountpoints, readNetworkDevices } from './proc-text.js';

const MAX_DEVICES = 32;

/** Traffic of the network devices and disks; only Linux tells it in files. */
export async function readTraffic(linux: boolean): Promise<Measure[]> {
  if (!linux) return [];
  const [net, disks] = await Promise.all([readText('/proc/net/dev'), readText('/proc/diskstats')]);
  const network = readNetworkDevices(net).filter(({ device }) => device !== 'lo');
  return [
    ...network
      .slice(0, MAX_DEVICES)
      .flatMap(({ device, ...traffic }) => [
        measure('network_receive_bytes_total', traffic.receivedBytes, { device }),
        measure('network_transmit_bytes_total', traffic.sentBytes, { device }),
        measure('network_receive_packets_total', traffic.receivedPackets, { device }),
        measure('network_transmit_packets_total', traffic.sentPackets, { device }),
      ]),
    ...readDisks(disks)
      .slice(0, MAX_DEVICES)
      .flatMap(({ device, readBytes, writtenBytes }) => [
        measure('disk_read_bytes_total', readBytes, { device }),
        measure('disk_written_bytes_total', writtenBytes, { device }),
      ]),
  ];
}

/** Space on the file systems that are on a disk. */
export async function readSpace(linux: boolean): Promise<Measure[]> {
  const mountpoints = linux ? readMountpoints(await readText('/proc/self/mounts')) : ['/'];
  const spaces = await Promise.all(mountpoints.slice(0, MAX_DEVICES).map(spaceOf));
  return spaces.flat();
}

async function spaceOf(mountpoint: string): Promise<Measure[]> {
  const found = await statfs(mountpoint).catch(() => undefined);
  if (!found || found.blocks === 0) return [];
  const { bsize, blocks, bfree, bavail } = found;
  return [
    measure('disk_total_bytes', blocks * bsize, { mountpoint }),
    measure('disk_used_bytes', (blocks - bfree) * bsize, { mountpoint }),
    measure('disk_available_bytes', bavail * bsize, { mountpoint }),
  ];
}

/** A container may hide some of the files. */
async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
