#!/usr/bin/env node
/** Writes docs/reference from the built product; with `--check` only says which pages are stale. Needs `npm run build` first. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { references } from './references/pages.mjs';

const folder = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'docs', 'reference');
const pages = await references();
const stale = Object.entries(pages).filter(([name, text]) => read(name) !== text);

if (process.argv.includes('--check')) {
  for (const [name] of stale) console.error(`docs/reference/${name} is stale: run \`npm run docs\``);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of stale) writeFileSync(path.join(folder, name), text);
  console.log(`docs/reference: ${stale.length} of ${Object.keys(pages).length} pages written`);
}

function read(name) {
  try {
    return readFileSync(path.join(folder, name), 'utf8');
  } catch {
    return undefined;
  }
}
