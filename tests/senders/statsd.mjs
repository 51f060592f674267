import { waitUntil } from '../../tools/launcher/wait.mjs';
import { read } from './check.mjs';

const sent = 1_000;
const waitMs = 30_000;

/** hot-shots counts, sets and times over UDP, and what is stored is what it sent. Gives the faults. */
export async function statsdFaults(StatsD, port, instance) {
  const client = new StatsD({ host: '127.0.0.1', port, globalTags: { sender: 'hot-shots' }, maxBufferSize: 1_000 });
  for (let i = 0; i < sent; i++) client.increment('hot.shots', 2, { parity: i % 2 === 0 ? 'even' : 'odd' });
  client.gauge('hot.level', 42);
  client.timing('hot.took', 250);
  await new Promise((resolve) => client.close(resolve));
  const totals = async () => {
    const series = await read(instance, 'hot_shots_total');
    return [...series.values()].map((values) => [...values.values()].at(-1));
  };
  const sum = async () => (await totals()).reduce((all, value) => all + value, 0);
  const expected = 2 * sent;
  await waitUntil(`the ${expected} of hot-shots`, async () => (await sum()) === expected, { timeoutMs: waitMs }).catch(
    () => undefined,
  );
  const last = async (name) => [...((await read(instance, name)).values().next().value ?? new Map()).values()].at(-1);
  const [level, took] = [await last('hot_level'), await last('hot_took_seconds_sum')];
  const counted = await sum();
  console.log(`hot-shots: counted ${expected}, stored ${counted}, gauge ${level}, timer ${took} s`);
  return counted === expected && level === 42 && took === 0.25 ? [] : ['hot-shots: what is stored is not what it sent'];
}
