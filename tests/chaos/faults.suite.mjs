import { sampleFaults } from './check.mjs';
import { Client } from './client.mjs';
import { doRound, drawRounds } from './faults.mjs';
import { startInstance } from './instance.mjs';
import { randomFrom } from './random.mjs';
import { startReceiver } from './receiver.mjs';
import { printCounts, printTable } from './report.mjs';
import { settle } from './settle.mjs';
import { growthSince, usageOfAll } from './usage.mjs';
import { prepare, Workload } from './workload.mjs';

const goal = { executions: 200, samples: 100_000, notifications: 200 };
/** As much as the faults will meet, so that the services have seen it all before they are measured. */
const warmUpGoal = { executions: 250, samples: 200_000, notifications: 300 };
const warmUpPerSecond = { executions: 20, samples: 10_000, notifications: 20 };
const faultsPerSecond = { executions: 7, samples: 6_000, notifications: 7 };
/** Everything that was accepted has come to its end so long after the last fault. */
const settleWaitMs = 60_000;
const warmUpWaitMs = 90_000;
const mostTurns = 3;
/** No part of a run lasts longer. */
const readMinutes = 20;

/** One seed of "everything dies once and freezes once under load": prints its counts, gives its violations. */
export async function faultsSuite({ clone, folder, seed, signal, log }) {
  const random = randomFrom(seed);
  await using stack = new AsyncDisposableStack();
  // Its own, since how many requests it gets is not the seed's to say.
  const receiver = await startReceiver(randomFrom(seed + 1));
  stack.defer(() => receiver.stop());
  const instance = await startInstance({ clone, folder, signal, log });
  stack.defer(() => instance.stop());
  const client = new Client(instance.gatewayUrl, instance.apiKey, signal);
  const status = new Client(instance.gatewayUrl, instance.accessToken, signal);
  const measured = { services: instance.services, folder, client, signal };
  const context = { client, receiver, postgresUrl: instance.backends.postgres.url };

  await prepare(client, receiver.url);
  const warmUp = new Workload(client, `warm-${seed}`);
  await warmUp.run({ signal, perSecond: warmUpPerSecond, goal: warmUpGoal });
  const warm = await settle({ ...context, workloads: [warmUp] }, performance.now() + warmUpWaitMs, { signal, log });
  // Reading it all is part of what the services have seen before they are measured.
  const warmSamples = await sampleFaults(client, [warmUp], readMinutes);
  const baseline = await usageOfAll(measured);

  const load = new Workload(client, `load-${seed}`);
  const rounds = await load.during({ signal, perSecond: faultsPerSecond }, async (stillSignal) => {
    const seen = [];
    // Once round for everyone; on a slow machine again, until enough was accepted meanwhile.
    for (let turn = 0; turn < mostTurns && (turn === 0 || shortOfGoal(load).length > 0); turn++) {
      for (const round of drawRounds(random)) {
        if (turn > 0 && shortOfGoal(load).length === 0) break;
        seen.push(await doRound(round, { ...instance, client: status, signal: stillSignal }));
        log(JSON.stringify(seen.at(-1)));
      }
    }
    return seen;
  });

  const deadlineMs = rounds.at(-1).lastFaultAtMs + settleWaitMs;
  const workloads = [warmUp, load];
  const settled = await settle({ ...context, workloads }, deadlineMs, { signal, log });
  const growth = await growthSince(baseline, deadlineMs, measured);
  const samples = await sampleFaults(client, workloads, readMinutes);
  const violations = [
    ...warm.faults,
    ...warmSamples.faults,
    ...rounds.flatMap((round) => round.violations),
    ...shortOfGoal(load),
    ...settled.faults,
    ...samples.faults,
    ...growth.faults,
    ...client.unexpected,
  ];
  printTable(`rounds of seed ${seed}`, rounds.map(roundRow));
  printTable(`memory and handles of seed ${seed}`, growth.rows);
  printCounts(`counts of seed ${seed}`, {
    'executions accepted under faults': load.executions.size,
    'notifications accepted under faults': load.notifications.size,
    'samples acknowledged under faults': load.sampleCount,
    'samples acknowledged': warmUp.sampleCount + load.sampleCount,
    'samples read': samples.read,
    ...settled.counts,
    'settled after the last fault, s': ((settled.atMs - rounds.at(-1).lastFaultAtMs) / 1_000).toFixed(1),
    'answers to the load': JSON.stringify(client.answers),
  });
  return violations;
}

const shortOfGoal = ({ executions, sampleCount, notifications }) =>
  Object.entries({ executions: executions.size, samples: sampleCount, notifications: notifications.size })
    .filter(([what, count]) => count < goal[what])
    .map(([what, count]) => `only ${count} ${what} were accepted under faults`);

const roundRow = ({ paused, killed, toldMs, restartedMs, healedMs }) => ({
  paused,
  killed,
  'told after, ms': toldMs ?? 'never',
  'restarted after, ms': restartedMs,
  'ready after, ms': healedMs ?? 'never',
});
