import { setTimeout as sleep } from 'node:timers/promises';
import { serviceNames } from '../../tools/launcher/services.mjs';
import { waitUntil } from '../../tools/launcher/wait.mjs';
import { storeNames, tellsOfFault, tellsOfHealing, tellWaitMs } from './readiness.mjs';

const restartWaitMs = 60_000;

/** Rounds in which one process is paused while another is killed, until each had both; order and times by the seed. */
export function drawRounds(random) {
  const names = [...serviceNames, ...Object.keys(storeNames)];
  const paused = random.shuffled(names);
  for (;;) {
    const rounds = random.shuffled(names).map((killed, index) => ({
      paused: paused[index],
      killed,
      killAfterMs: random.between(0, 2_000),
      resumeAfterMs: random.between(1_000, 4_000),
    }));
    if (rounds.every(canBeSeen)) return rounds;
  }
}

/** Without the gateway, or what it needs to know who asks, nobody could see what the status says of the paused store. */
const canBeSeen = ({ paused, killed }) =>
  paused !== killed && !(paused in storeNames && ['gateway', 'auth', ...Object.keys(storeNames)].includes(killed));

/** Does one round; gives what was seen, with each violation as text. */
export async function doRound({ paused, killed, killAfterMs, resumeAfterMs }, { processes, client, signal }) {
  processes[paused].pause();
  const kill = sleep(killAfterMs, undefined, { signal }).then(() => processes[killed].kill());
  const toldMs = await tellsOfFault(client, paused);
  await kill;
  await sleep(resumeAfterMs, undefined, { signal });
  processes[paused].resume();
  const lastFaultAtMs = performance.now();
  const restart = { timeoutMs: restartWaitMs, signal };
  await waitUntil(`${killed} to run again`, () => processes[killed].isUp() && processes[paused].isUp(), restart);
  const restartedMs = Math.round(performance.now() - lastFaultAtMs);
  const healedMs = await tellsOfHealing(client);
  const limit = `within ${tellWaitMs / 1_000} s`;
  const violations = [
    ...(toldMs === undefined ? [`nothing told ${limit} that ${paused} was paused`] : []),
    ...(healedMs === undefined ? [`nothing told ${limit} that ${paused} and ${killed} were back`] : []),
  ];
  return { paused, killed, toldMs, restartedMs, healedMs, lastFaultAtMs, violations };
}
