import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { aptSession } from '../../tools/provision/apt.mjs';
import { cacheFolder, makeFolder } from '../../tools/provision/places.mjs';
import { findProgram, run } from '../../tools/provision/run.mjs';

/** By the name of the program, the Debian package that has it. */
const packages = { prometheus: 'prometheus', vmagent: 'victoria-metrics' };

/** Where the agents are: the machine's own, or unpacked into the cache, without being installed. */
export async function findPrograms() {
  const apt = aptSession();
  const programs = {};
  const skipped = [''].slice(1);
  for (const [name, pack] of Object.entries(packages)) {
    const found = findProgram(name) ?? (await unpacked(apt, name, pack).catch(() => undefined));
    if (found) programs[name] = found;
    else skipped.push(name);
  }
  await apt.close();
  return { programs, skipped };
}

async function unpacked(apt, name, pack) {
  const folder = path.join(makeFolder(cacheFolder()), pack);
  const program = path.join(folder, 'usr', 'bin', name);
  if (!fs.existsSync(program)) await apt.unpack([pack], folder);
  return fs.existsSync(program) ? program : undefined;
}

const statsdVersion = '17.1.1';

/** The StatsD client of npm, installed into the cache the first time; undefined where it cannot be had. */
export async function findHotShots() {
  const folder = path.join(makeFolder(cacheFolder()), `hot-shots-${statsdVersion}`);
  const entry = path.join(folder, 'node_modules', 'hot-shots', 'index.js');
  try {
    const asked = ['install', '--no-audit', '--no-fund', '--prefix', makeFolder(folder), `hot-shots@${statsdVersion}`];
    if (!fs.existsSync(entry)) await run('npm', asked);
    return (await import(pathToFileURL(entry).href)).default;
  } catch {
    return undefined;
  }
}
