import fs from 'node:fs';
import path from 'node:path';
import { run } from '../../tools/provision/run.mjs';
import { isRoot } from '../../tools/provision/places.mjs';
import { ownerOf, sweepProcesses } from '../../tools/provision/sweep.mjs';

const sizeBytes = 1_536 * 1_048_576;
const copyTries = 10;

/** A file system of its own in a file, on which stores can be cut off from their power. */
export class Disk {
  constructor(folder) {
    this.image = path.join(folder, 'disk.img');
    this.copy = path.join(folder, 'copy.img');
    this.mountpoint = path.join(folder, 'disk');
  }

  async make() {
    fs.writeFileSync(this.image, '');
    fs.truncateSync(this.image, sizeBytes);
    await run('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', this.image]);
    fs.mkdirSync(this.mountpoint);
    await this.mount(this.image);
  }

  /** Brings everything to the disk that was written so far. */
  async sync() {
    await run('sync', ['-f', this.mountpoint]);
  }

  /**
   * Copies what a disk holds at this moment. The image has what the kernel gave to the block device; what is only in the
   * page cache of the mounted file system is not in it, as after a loss of power. A copy takes longer than a moment, so
   * whoever calls has stopped every writer, and a copy during which the kernel wrote something back is taken again: the
   * counts of writes before and after say so, and then the copy is the disk at one moment.
   */
  async copyOfNow() {
    for (let tries = 0; tries < copyTries; tries++) {
      const before = this.writes();
      await run('cp', ['--sparse=always', this.image, this.copy]);
      const after = this.writes();
      if (before.inFlight + after.inFlight === 0 && before.count === after.count) return;
    }
    throw new Error(`the disk was written to during each of ${copyTries} copies`);
  }

  /** Goes on with the copy in the place of the disk: what only the old one had is gone. */
  async replaceByCopy() {
    await this.unmount();
    fs.renameSync(this.copy, this.image);
    await this.mount(this.image);
  }

  async unmount() {
    if (this.device === undefined) return;
    await run('umount', [this.mountpoint]);
    this.device = undefined;
  }

  async mount(image) {
    await run('mount', ['-o', 'loop', image, this.mountpoint]);
    const [device] = (await run('losetup', ['-n', '-O', 'NAME', '-j', image])).trim().split('\n');
    this.device = path.basename(device);
    fs.chmodSync(this.mountpoint, 0o711);
  }

  /** Fields 5 and 9 of the block device's statistics: writes completed, and requests under way. */
  writes() {
    const fields = fs.readFileSync(`/sys/block/${this.device}/stat`, 'utf8').trim().split(/\s+/).map(Number);
    return { count: fields[4], inFlight: fields[8] };
  }
}

/** Unmounts the disks of runs that were killed, and ends the servers that still stand on them. */
export async function sweepDisks(stateFolder) {
  if (process.platform !== 'linux') return;
  const mounted = fs.readFileSync('/proc/mounts', 'utf8').split('\n');
  for (const mountpoint of mounted.map((line) => line.split(' ')[1] ?? '')) {
    const folder = path.dirname(mountpoint);
    if (!folder.startsWith(path.join(stateFolder, 'run-')) || (await ownerOf(folder))) continue;
    await sweepProcesses(path.join(mountpoint, 'data'));
    await run('umount', [mountpoint]);
  }
}

/** Why no such disk can be had here; undefined when it can. */
export async function whyNoDisk(folder) {
  if (process.platform !== 'linux' || !isRoot) return 'it takes root on Linux to mount a file system';
  const trial = new Disk(fs.mkdtempSync(path.join(folder, 'trial-')));
  try {
    await trial.make();
    await trial.unmount();
    return undefined;
  } catch (error) {
    return error.message;
  }
}
