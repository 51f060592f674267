import path from 'node:path';
import { parseArgs } from 'node:util';
import { clone, startProduct } from '../bench/product.mjs';
import { printRows, writeRows } from '../bench/report.mjs';
import { startGenerator } from './generator.mjs';
import { ramp, rampFaults, rampRows } from './ramp.mjs';
import { soak, soakFaults, soakRows } from './soak.mjs';

const { values } = parseArgs({ options: { soak: { type: 'string' }, rate: { type: 'string', default: '100' } } });

// Every process ends with the channel to this one, also when this one is killed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));

const startedMs = performance.now();
const product = await startProduct();
try {
  const generator = await startGenerator(product);
  try {
    const [name, rows, faults] = values.soak === undefined ? await ramped(generator) : await soaked(generator);
    writeRows(path.join(clone, '.scm', 'bench'), name, rows);
    printRows(name, rows, performance.now() - startedMs);
    for (const fault of faults) console.error(`fault: ${fault}`);
    console.log(faults.length === 0 ? '\n1 passed, 0 failed, 0 skipped' : '\n0 passed, 1 failed, 0 skipped');
    if (faults.length > 0) process.exitCode = 1;
  } finally {
    await generator.stop();
  }
} finally {
  await product.stop();
}

async function ramped(generator) {
  const result = await ramp(generator, product);
  return ['load', rampRows(result), rampFaults(result)];
}

async function soaked(generator) {
  const result = await soak(generator, product, { minutes: Number(values.soak), perSecond: Number(values.rate) });
  return ['soak', soakRows(result), soakFaults(result)];
}
