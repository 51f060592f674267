#!/usr/bin/env node
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { install, installIsStale, pinnedNode } from './launcher/install.mjs';
import { relaunchedOn } from './launcher/relaunch.mjs';

const startedAtMs = Number(process.env.SCM_STARTED_AT_MS ?? Date.now());
const script = fileURLToPath(import.meta.url);
const clone = path.dirname(path.dirname(script));

try {
  if (installIsStale(clone)) await install(clone);
  process.env.SCM_STARTED_AT_MS = String(startedAtMs);
  if (!relaunchedOn(pinnedNode(clone), script)) {
    // What follows needs the Node that the install brought along.
    const { up } = await import('./launcher/up.mjs');
    process.exitCode = await up({ clone, script, startedAtMs });
  }
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
