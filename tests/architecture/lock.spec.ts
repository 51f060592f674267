import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { root } from './source-tree.js';

interface Entry {
  version?: string;
  resolved?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Entry>;
};

it('has an entry for every optional dependency, so that it installs on every platform', () => {
  const missing = Object.entries(packages).flatMap(([path, { version, optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isLocked(path, name))
      .map((name) => `${name} of ${path || 'the root'}@${version}`),
  );
  expect(missing).toEqual([]);
});

it('records no download addresses', () => {
  const addresses = Object.entries(packages).filter(([, entry]) => entry.resolved && !entry.link);
  expect(addresses.map(([path]) => path)).toEqual([]);
});

/** As Node finds it: beside the package, or in a folder further out. */
function isLocked(path: string, name: string): boolean {
  const parts = path.split('/node_modules/');
  const bases = parts.map((_, i) => parts.slice(0, parts.length - i).join('/node_modules/'));
  return [
    ...bases.map((base) => (base ? `${base}/node_modules/${name}` : `node_modules/${name}`)),
    `node_modules/${name}`,
  ].some((candidate) => candidate in packages);
}
