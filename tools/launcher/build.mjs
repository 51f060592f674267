import fs from 'node:fs';
import path from 'node:path';
import { filesBelow, quickDigestOf } from './digest.mjs';
import { runVisibly } from './install.mjs';
import { serviceNames } from './services.mjs';

/** Whether a source has changed since the last build by `build`, or a service was never built. */
export function buildIsStale(clone) {
  const stamp = stampFile(clone);
  if (!fs.existsSync(stamp) || serviceNames.some((name) => !fs.existsSync(mainOf(clone, name)))) return true;
  return fs.readFileSync(stamp, 'utf8') !== sourcesDigest(clone);
}

/** Compiles what has changed of the services and the libraries they use. */
export async function build(clone) {
  const digest = sourcesDigest(clone);
  const projects = serviceNames.map((name) => path.join('apps', name));
  await runVisibly(path.join(clone, 'node_modules', '.bin', 'tsc'), ['-b', ...projects], { cwd: clone });
  fs.mkdirSync(path.dirname(stampFile(clone)), { recursive: true });
  fs.writeFileSync(stampFile(clone), digest);
}

export const mainOf = (clone, service) => path.join(clone, 'apps', service, 'dist', 'main.js');

const stampFile = (clone) => path.join(clone, '.scm', 'built');

function sourcesDigest(clone) {
  const files = ['apps', 'libs'].flatMap((folder) => filesBelow(path.join(clone, folder)));
  const configs = ['package-lock.json', 'tsconfig.json', 'tsconfig.base.json'].map((name) => path.join(clone, name));
  return quickDigestOf([...files, ...configs]);
}
