#!/usr/bin/env node
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runFile } from './launcher/run-file.mjs';
import { stateFolder } from './provision/places.mjs';
import { ownerOf, sweepProcesses } from './provision/sweep.mjs';

const stopWaitMs = 90_000;
const clone = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
// Where the running instance says that its data is, which may have been set for it alone.
const folder = describedFolder() ?? path.join(stateFolder(clone), 'data');

const owner = await ownerOf(folder);
if (owner) await stop(owner);
else await sweep();

async function stop(pid) {
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + stopWaitMs;
  while ((await ownerOf(folder)) === pid) {
    if (Date.now() > deadline) throw new Error(`process ${pid} did not stop within ${stopWaitMs} ms`);
    await sleep(50);
  }
  console.log('stopped');
}

async function sweep() {
  const swept = await sweepProcesses(folder);
  fs.rmSync(runFile(clone), { force: true });
  console.log(swept.length > 0 ? `ended what a killed run had left: ${swept.join(', ')}` : 'nothing runs');
}

function describedFolder() {
  const file = runFile(clone);
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).dataDir : undefined;
}
