import { startProduct } from './product.mjs';
import { row } from './report.mjs';
import { median, repeat } from './statistics.mjs';

const wantedMs = 4_000;

/** From the launcher's first moment to a ready mesh on fresh data, with the steps that the launcher names. */
export async function benchStart() {
  const runs = await repeat(async () => {
    const product = await startProduct();
    await product.stop();
    return { ...stepsOf(product.output), ready: product.readyMs };
  });
  const of = (name) => median(runs.map((run) => run[name]));
  return [
    row('start to ready, fresh data', of('ready'), 'ms', 'wanted at most', wantedMs),
    ...['servers', 'migrations', 'services'].map((name) => row(name, of(name), 'ms', 'start to ready', of('ready'))),
  ];
}

function stepsOf(output) {
  const lines = [...output.matchAll(/✓ (\w+) +([\d.]+) s/g)];
  return Object.fromEntries(lines.map(([, name, seconds]) => [name, Number(seconds) * 1_000]));
}
