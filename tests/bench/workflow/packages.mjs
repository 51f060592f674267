import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { run } from '../../../tools/provision/run.mjs';
import { cached } from '../../../tools/provision/store.mjs';

/** What the product is measured beside; no dependency of the product, and not in its lock. */
const packages = {
  '@dbos-inc/dbos-sdk': '5.3.0',
  '@restatedev/restate-sdk': '1.17.2',
  '@restatedev/restate-server': '1.7.12',
  '@temporalio/activity': '1.24.0',
  '@temporalio/client': '1.24.0',
  '@temporalio/worker': '1.24.0',
  '@temporalio/workflow': '1.24.0',
};

const nameWithVersions = `bench-peers-${createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 12)}`;

/** Gives the cached folder whose node_modules hold the peers, after installing them once without their scripts. */
export const peerPackages = () => cached(nameWithVersions, install);

async function install(folder) {
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
  // npm as the terminal knows it: npm run puts the product's own Node before the one that npm belongs to.
  await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
}
