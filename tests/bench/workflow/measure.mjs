import pg from 'pg';
import { withCpu } from '../cpu.mjs';
import { median, percentile } from '../statistics.mjs';

export const widths = [64, 256];
const seconds = 2;
const warmUpSeconds = 1;
const idleTimes = 40;

/** One round of an engine: its rates and what each execution costs by how many are in flight, and its idle times. */
export function measure({ postgresUrl, turn }) {
  return turn(async ({ pids, load, idle }) => {
    await load({ width: widths[0], seconds: warmUpSeconds });
    const idleMs = await idle(idleTimes);
    const loaded = {};
    for (const width of widths) loaded[width] = await costed({ postgresUrl, pids }, () => load({ width, seconds }));
    return { idleMs, loaded };
  });
}

/** Over the processes of the engine and this one, which is the client. */
async function costed({ postgresUrl, pids }, load) {
  const before = await written(postgresUrl);
  const clientBefore = process.cpuUsage();
  const { result, seconds: used } = await withCpu(pids, load);
  const client = process.cpuUsage(clientBefore);
  const after = await written(postgresUrl);
  const cpuSeconds = { ...used, client: (client.user + client.system) / 1_000_000 };
  return {
    perSecond: result.perSecond,
    cpuMs: Object.fromEntries(
      Object.entries(cpuSeconds).map(([name, value]) => [name, (value * 1_000) / result.count]),
    ),
    ...(postgresUrl && {
      commits: (after.commits - before.commits) / result.count,
      walBytes: (after.walBytes - before.walBytes) / result.count,
    }),
  };
}

/** Backends count their commits once a second: of a run of seconds, what one misses at its end it has from before. */
async function written(url) {
  if (!url) return undefined;
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query(`select sum(xact_commit)::float8 as commits,
      (pg_current_wal_lsn() - '0/0')::float8 as "walBytes" from pg_stat_database`);
    return rows[0];
  } finally {
    await client.end();
  }
}

/** The medians of an engine's rounds; of its idle times those of all rounds. */
export function summary(rounds) {
  const of = (read) => median(rounds.map(read));
  const idleMs = rounds.flatMap((round) => round.idleMs);
  const atWidth = (width) => ({
    perSecond: of(({ loaded }) => loaded[width].perSecond),
    cpuMs: of(({ loaded }) => sum(loaded[width].cpuMs)),
    stages: Object.fromEntries(
      Object.keys(rounds[0].loaded[width].cpuMs).map((name) => [name, of(({ loaded }) => loaded[width].cpuMs[name])]),
    ),
    ...(rounds[0].loaded[width].commits !== undefined && {
      commits: of(({ loaded }) => loaded[width].commits),
      walBytes: of(({ loaded }) => loaded[width].walBytes),
    }),
  });
  return {
    ...Object.fromEntries(widths.map((width) => [width, atWidth(width)])),
    idle: Object.fromEntries([0.5, 0.95, 0.99].map((share) => [share, percentile(idleMs, share)])),
  };
}

const sum = (values) => Object.values(values).reduce((total, value) => total + value, 0);
