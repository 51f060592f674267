import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const ignored = new Set(['node_modules', 'dist', '.nx']);

/** All files below a folder that are not installed or built. */
export function filesBelow(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return ignored.has(entry.name) ? [] : filesBelow(file);
    return entry.isFile() ? [file] : [];
  });
}

const byName = (a, b) => (a < b ? -1 : 1);

/** A digest of the files' contents and of further texts. */
export function digestOf(files, ...texts) {
  const hash = createHash('sha256');
  for (const file of files.toSorted(byName)) hash.update(file).update('\0').update(fs.readFileSync(file)).update('\0');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex');
}

/** A digest of the files' names, sizes and times of change: enough to know that nothing was edited, and quick. */
export function quickDigestOf(files) {
  const hash = createHash('sha256');
  for (const file of files.toSorted(byName)) {
    const { size, mtimeMs } = fs.statSync(file);
    hash.update(`${file}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest('hex');
}
