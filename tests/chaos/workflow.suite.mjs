import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../tools/launcher/wait.mjs';
import { Client } from './client.mjs';
import { startEffects } from './effects.mjs';
import { startInstance } from './instance.mjs';
import { randomFrom } from './random.mjs';
import { printCounts } from './report.mjs';
import { countsOf, faultsIn, readExecutions, undecided, underWay } from './workflow-audit.mjs';
import { workflowsFor } from './workflow-documents.mjs';
import { WorkflowLoad } from './workflow-load.mjs';

const perSecond = 12;
const restartWaitMs = 60_000;
const settleWaitMs = 60_000;
const workers = ['step-workers-1', 'step-workers-2'];
const orchestrators = ['workflow-orchestrator', 'workflow-orchestrator-2'];
/** Each once a run, in an order of the seed. */
const faults = ['worker', 'orchestrator', 'nats', 'postgres', 'jetstream-loss'];

/**
 * Kills what executes workflows, one after the other under load, and what they are stored in, and loses the store of
 * JetStream; then every accepted execution has ended or waits for a decision, and has had the effects it should.
 */
export async function workflowSuite({ clone, folder, seed, signal, log }) {
  const random = randomFrom(seed);
  await using stack = new AsyncDisposableStack();
  const receiver = await startEffects(randomFrom(seed + 1));
  stack.defer(() => receiver.stop());
  const replicas = { 'step-workers': 2, 'workflow-orchestrator': 2 };
  const instance = await startInstance({ clone, folder, signal, log, replicas });
  stack.defer(() => instance.stop());
  const client = new Client(instance.gatewayUrl, instance.apiKey, signal);
  const workflows = workflowsFor(receiver.url);
  const load = new WorkflowLoad(client, workflows, `load-${seed}`);
  await load.prepare();
  const context = { load, receiver, workflows };

  const over = new AbortController();
  const running = load.run({ signal: AbortSignal.any([signal, over.signal]), perSecond });
  const failed = new AbortController();
  running.catch((error) => failed.abort(error));
  const rounds = random.shuffled(faults);
  for (const fault of rounds) {
    await sleep(random.between(500, 1_500), undefined, { signal: AbortSignal.any([signal, failed.signal]) });
    const names = await doFault(fault, { random, instance, folder });
    log(`${fault}: ${names.join(', ')}`);
    const isUp = () => names.every((name) => instance.processes[name].isUp());
    await waitUntil(`${names.join(', ')} to run again`, isUp, { timeoutMs: restartWaitMs, signal });
  }
  const lastFaultAtMs = performance.now();
  over.abort();
  await running;

  const settled = await settle(instance, context, lastFaultAtMs + settleWaitMs, { signal, log });
  const settledMs = performance.now() - lastFaultAtMs;
  const waiting = undecided(settled);
  const paid = waiting.map((id) => receiver.effects.has(`${id}/pay`)).filter(Boolean).length;
  await load.decideAll(waiting);
  const last = await settle(instance, context, performance.now() + settleWaitMs, { signal, log });
  printCounts(`workflows of seed ${seed}`, {
    'killed, in this order': rounds.join(', '),
    ...countsOf(last, context),
    'waited for a decision, then decided': waiting.length,
    'of these the effect had happened': paid,
    'settled after the last fault, s': (settledMs / 1_000).toFixed(1),
    'answers to the load': JSON.stringify(client.answers),
  });
  return [
    ...faultsIn(last, context),
    ...(undecided(last).length > 0 ? ['a decision changed nothing'] : []),
    ...(load.forks.size === 0 ? ['nothing was forked'] : []),
    ...client.unexpected,
  ];
}

/** Kills one process, or what holds the streams with them; gives the names of what has to come back. */
async function doFault(fault, { random, instance: { processes }, folder }) {
  const oneOf = (names) => random.shuffled(names).slice(0, 1);
  if (fault === 'jetstream-loss') {
    await processes.nats.whileDown(() => fs.rmSync(path.join(folder, 'nats', 'jetstream'), { recursive: true }));
    return ['nats'];
  }
  const names = fault === 'worker' ? oneOf(workers) : fault === 'orchestrator' ? oneOf(orchestrators) : [fault];
  for (const name of names) processes[name].kill();
  return names;
}

/** Reads until nothing is under way any more, or the deadline (of `performance.now()`). */
async function settle(instance, context, deadlineMs, { signal, log }) {
  for (;;) {
    const read = await readExecutions(instance, context.workflows);
    const left = underWay(read);
    if (left.length === 0 || performance.now() > deadlineMs) return read;
    log(`${left.length} executions are under way`);
    await sleep(500, undefined, { signal });
  }
}
