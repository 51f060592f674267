#!/usr/bin/env node
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { install, installIsStale, pinnedNode } from './launcher/install.mjs';
import { relaunchedOn } from './launcher/relaunch.mjs';
import { findHelm } from './testing/helm.mjs';
import { startTestServers } from './testing/servers.mjs';
import { allStages, counted, runStages, stagesFor } from './testing/stages.mjs';

const script = fileURLToPath(import.meta.url);
const clone = path.dirname(path.dirname(script));

if (installIsStale(clone)) await install(clone);
if (!relaunchedOn(pinnedNode(clone), script)) await test();

async function test() {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stop.abort());
  const servers = await startTestServers(clone);
  const bin = path.join(clone, 'node_modules', '.bin');
  const helm = wantsHelm(values.only) ? await findHelm() : undefined;
  const PATH = `${bin}${path.delimiter}${process.env.PATH}`;
  const env = { ...process.env, ...servers.env, PATH, ...(helm && { SCM_HELM: helm }) };
  try {
    const stages = values.only === undefined ? allStages : stagesFor(values.only);
    const total = await runStages(stages, { clone, env, folder: servers.folder, signal: stop.signal });
    if (stop.signal.aborted || total.failed > 0 || total.passed === 0) process.exitCode = 1;
    await servers.stop();
    console.log(counted(total));
  } finally {
    await servers.stop();
  }
}

function wantsHelm(only) {
  return only === undefined || only.startsWith('tests/helm') || only.startsWith('tests/deploy');
}
