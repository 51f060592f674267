import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const isRoot = process.getuid?.() === 0;

/**
 * Folder of programs that were obtained once and are kept for every clone. For root it is a system folder, because
 * Postgres then runs as another user, who cannot look into root's home.
 */
export function cacheFolder() {
  if (process.env.SCM_CACHE_DIR) return path.resolve(process.env.SCM_CACHE_DIR);
  if (isRoot) return '/var/cache/scm';
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'scm');
}

/** Folder of a clone's data: inside the clone, or for root where the Postgres user can reach it too. */
export function stateFolder(clone) {
  if (process.env.SCM_DATA_DIR) return path.resolve(process.env.SCM_DATA_DIR);
  if (!isRoot) return path.join(clone, '.scm');
  return path.join('/var/lib/scm', createHash('sha256').update(clone).digest('hex').slice(0, 12));
}

/** Creates a folder that others may pass through but not list: files in it protect themselves by their own modes. */
export function makeFolder(folder) {
  fs.mkdirSync(folder, { recursive: true, mode: 0o711 });
  return folder;
}

/** Creates a fresh folder for one run inside the clone's data. */
export function makeRunFolder(clone) {
  const folder = fs.mkdtempSync(path.join(makeFolder(stateFolder(clone)), 'run-'));
  fs.chmodSync(folder, 0o711);
  return folder;
}

/** The user Postgres runs as when SCM is started by root (it refuses uid 0), as spawn options; empty for others. */
export function serverUser(passwd = readPasswd()) {
  if (!isRoot) return {};
  const users = passwd.split('\n').map((row) => row.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  if (!user) throw new Error('Postgres cannot run as root, and there is no user named postgres or nobody');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

const readPasswd = () => (isRoot ? fs.readFileSync('/etc/passwd', 'utf8') : '');
