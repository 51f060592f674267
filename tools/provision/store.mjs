import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder, makeFolder } from './places.mjs';

/**
 * Gives the cached folder of that name, filling it first when it is not there. The fill happens beside it and is
 * renamed into place, so that a killed or a simultaneous run never leaves a half-filled one.
 * @param {string} name the folder's name, with the version of what it holds
 * @param {(folder: string) => Promise<void> | void} fill
 */
export async function cached(name, fill) {
  const folder = path.join(cacheFolder(), name);
  if (fs.existsSync(folder)) return folder;
  const draft = fs.mkdtempSync(path.join(makeFolder(cacheFolder()), `${name}.draft-`));
  try {
    await fill(draft);
    fs.chmodSync(draft, 0o755);
    renameUnlessThere(draft, folder);
  } finally {
    fs.rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** The cached folder of that name, or undefined. */
export function inCache(name) {
  const folder = path.join(cacheFolder(), name);
  return fs.existsSync(folder) ? folder : undefined;
}

function renameUnlessThere(draft, folder) {
  try {
    fs.renameSync(draft, folder);
  } catch (error) {
    if (!fs.existsSync(folder)) throw error;
  }
}
