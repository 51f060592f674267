import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Whether node_modules lacks, or holds another version of, anything the lock file asks for on this platform. */
export function installIsStale(clone) {
  const wanted = packagesOf(path.join(clone, 'package-lock.json'));
  const present = packagesOf(path.join(clone, 'node_modules', '.package-lock.json'));
  if (!wanted) throw new Error('package-lock.json is missing: this is not a complete clone');
  if (!present) return true;
  return Object.entries(wanted).some(([name, { version, link, optional }]) => {
    if (!name.startsWith('node_modules/') || (optional && !present[name])) return false;
    return link ? !present[name]?.link : present[name]?.version !== version;
  });
}

function packagesOf(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).packages : undefined;
}

/** Installs exactly what the lock file says; npm's own progress goes to the terminal. */
export async function install(clone) {
  console.log('  installing packages, which takes a while the first time');
  // Without its warnings: they speak of the Node that runs npm, not of the one installed for the product.
  await runVisibly('npm', ['ci', '--loglevel=error', '--no-audit', '--no-fund'], { cwd: clone });
}

/** The Node that the install brings along on Linux; elsewhere the present one, when it is new enough. */
export function pinnedNode(clone) {
  const file = path.join(clone, 'node_modules', '.bin', 'node');
  if (fs.existsSync(file)) return fs.realpathSync(file);
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new Error(`Node 24 is needed on this platform, this is ${process.version}: install it and start again`);
}

/** Runs a program on this terminal; resolves with its exit code. */
export function runToCode(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32' && command === 'npm';
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], shell, ...options });
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? `signal ${signal}`));
  });
}

/** Runs a program on this terminal; rejects when it fails. */
export async function runVisibly(command, args, options) {
  const code = await runToCode(command, args, options);
  if (code !== 0) throw new Error(`${[path.basename(command), ...args].join(' ')} ended with ${code}`);
}
