import { describe, expect, it } from '@jest/globals';
import { readCpuTicks, readDisks, readMeminfo, readMountpoints, readNetworkDevices, readProcess } from './proc-text.js';

describe('files of /proc', () => {
  it('tells what the processors did', () => {
    expect(readCpuTicks('cpu  10 1 5 80 2 0 1 1 0 0\ncpu0 1 2 3\n')).toEqual({
      user: 10,
      nice: 1,
      system: 5,
      idle: 80,
      iowait: 2,
      irq: 0,
      softirq: 1,
      steal: 1,
    });
  });

  it('tells memory in bytes', () => {
    const info = readMeminfo('MemTotal:       1024 kB\nMemAvailable:    512 kB\nHugePages_Total:       0\n');
    expect([...info]).toEqual([
      ['MemTotal', 1_048_576],
      ['MemAvailable', 524_288],
    ]);
  });

  it('tells traffic of network devices and disks', () => {
    const dev = 'Inter-|   Receive\n face |bytes\n  eth0: 100 2 0 0 0 0 0 0 300 4 0 0 0 0 0 0\n';
    const eth0 = { device: 'eth0', receivedBytes: 100, receivedPackets: 2, sentBytes: 300, sentPackets: 4 };
    expect(readNetworkDevices(dev)).toEqual([eth0]);
    const disks = '   8 0 sda 1 2 3 4 5 6 7 8 9\n   8 1 sda1 1 2 3 4 5 6 7 8 9\n   7 0 loop0 1 2 3 4 5 6 7 8\n';
    expect(readDisks(disks)).toEqual([{ device: 'sda', readBytes: 3 * 512, writtenBytes: 7 * 512 }]);
  });

  it('finds each disk once', () => {
    const mounts =
      'overlay / overlay rw\n/dev/sda1 /mnt/my\\040disk ext4 rw\n/dev/sda1 /again ext4 rw\nproc /proc proc\n';
    expect(readMountpoints(mounts)).toEqual(['/', '/mnt/my disk']);
  });

  it('reads a process whatever its name', () => {
    const after = Array.from({ length: 40 }, (_, i) => (i === 0 ? 'S' : i)).join(' ');
    expect(readProcess(`12 (a) (b c) ${after}`)).toEqual({
      command: 'a) (b c',
      ticks: 11 + 12,
      startedAt: 19,
      residentPages: 21,
    });
    expect(readProcess('')).toBeUndefined();
  });
});
