import { createRequire } from 'node:module';

const { NativeConnection, Runtime, Worker } = createRequire(process.env.BENCH_PEERS)('@temporalio/worker');

Runtime.install({
  shutdownSignals: [],
  logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.error, error: console.error },
});
const connection = await NativeConnection.connect({ address: process.env.BENCH_ADDRESS });
const worker = await Worker.create({
  connection,
  taskQueue: process.env.BENCH_QUEUE,
  workflowsPath: process.env.BENCH_WORKFLOWS,
  activities: { noOp: async () => undefined },
});
process.once('disconnect', () => process.exit());
worker.runUntil(new Promise(() => {})).catch((error) => {
  console.error(error);
  process.exit(1);
});
process.send({ port: 0 });
