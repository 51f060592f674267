import fs from 'node:fs';
import path from 'node:path';

// Preloaded into the services of a run. V8 collects when it likes; what a service holds shows right after it did.
process.on('SIGUSR2', () => {
  globalThis.gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const { heapUsed, external } = process.memoryUsage();
  const file = path.join(process.env.CHAOS_USAGE_FOLDER, `${process.pid}.held`);
  fs.writeFileSync(`${file}.draft`, String(heapUsed + external));
  fs.renameSync(`${file}.draft`, file);
});
