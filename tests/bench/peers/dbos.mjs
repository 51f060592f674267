import { createRequire } from 'node:module';
import { loops, timedMs } from '../load.mjs';
import { repeat } from '../statistics.mjs';

const { DBOS } = createRequire(process.env.BENCH_PEERS)('@dbos-inc/dbos-sdk');
const pollingIntervalMs = 20;

const steps = async (input) => {
  for (const name of ['one', 'two', 'three']) await DBOS.runStep(async () => null, { name });
  return input;
};
const three = DBOS.registerWorkflow(steps, { name: 'three' });
DBOS.setConfig({
  name: 'bench',
  systemDatabaseUrl: process.env.BENCH_POSTGRES_URL,
  logLevel: 'error',
  runAdminServer: false,
});
await DBOS.launch();
const isQueued = process.env.BENCH_MODE === 'queue';
if (isQueued) await DBOS.registerQueue('bench', { minPollingIntervalMs: pollingIntervalMs });

const input = JSON.parse(process.env.BENCH_INPUT);
const execute = async () => {
  const handle = await DBOS.startWorkflow(three, isQueued ? { queueName: 'bench' } : {})(input);
  await handle.getResult({ pollingIntervalMs });
};
process.on('message', async ({ load, idle }) => {
  process.send(load ? await loops(execute, load) : await repeat(() => timedMs(execute), idle));
});
process.send({});
process.once('disconnect', () => process.exit());
