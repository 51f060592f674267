import fs from 'node:fs';
import { median } from '../bench/statistics.mjs';
import { row } from '../bench/report.mjs';

const turnSeconds = 10;
/** The first part warms up: code is compiled, pools and caches fill. */
const warmShare = 0.25;

/** Memory and handles of each process while a steady load lasts, once every ten seconds. */
export async function soak(generator, { pids }, { minutes, perSecond }) {
  const names = Object.keys(pids).filter((name) => !['nats', 'postgres', 'redis'].includes(name));
  const looks = [];
  const turns = Math.max(4, Math.round((minutes * 60) / turnSeconds));
  console.log(`\n${minutes} min of ${perSecond} requests a second; MiB/handles of each service`);
  console.log(['min', 'p99 ms', ...names].join('\t'));
  for (let turn = 1; turn <= turns; turn++) {
    const step = await generator.offer(perSecond, turnSeconds);
    const used = Object.fromEntries(names.map((name) => [name, usageOf(pids[name])]));
    looks.push({ step, used });
    const cells = names.map((name) => `${used[name].mib.toFixed(0)}/${used[name].handles}`);
    console.log([((turn * turnSeconds) / 60).toFixed(1), step.p99Ms.toFixed(1), ...cells].join('\t'));
  }
  return { names, looks };
}

export function soakRows({ names, looks }) {
  const [early, late] = halves(looks);
  const of = (part, name, key) => median(part.map(({ used }) => used[name][key]));
  const compared = (name, key, unit) =>
    row(
      `${name}: ${key === 'mib' ? 'memory' : 'handles'}, later half`,
      of(late, name, key),
      unit,
      'earlier half',
      of(early, name, key),
    );
  return names.flatMap((name) => [compared(name, 'mib', 'MiB'), compared(name, 'handles', '')]);
}

export function soakFaults({ looks }) {
  const count = looks.reduce((sum, { step }) => sum + step.badCount + step.streams.closed + step.streams.gaps, 0);
  return count > 0 ? [`${count} bad answers, closed subscribers or lost events`] : [];
}

function halves(looks) {
  const warm = looks.slice(Math.floor(looks.length * warmShare));
  const middle = Math.ceil(warm.length / 2);
  return [warm.slice(0, middle), warm.slice(middle)];
}

function usageOf(pid) {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  return { mib: Number(kib) / 1_024, handles: fs.readdirSync(`/proc/${pid}/fd`).length };
}
