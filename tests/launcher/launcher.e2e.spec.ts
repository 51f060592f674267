import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  freePort,
  makeFolder,
  runLauncher,
  waitFor,
  waitForRunFile,
  type Launched,
  type ProductRun,
} from '@scm/testing';

// A cold start compiles nothing but boots seven services on whatever machine this is.
jest.setTimeout(180_000);

let folder: string;
let runFile: string;
let port: number;
let env: Record<string, string>;
const launched: Launched[] = [];

beforeAll(async () => {
  folder = makeFolder('launcher');
  runFile = join(folder, 'run.json');
  port = await freePort();
  env = { SCM_DATA_DIR: folder, SCM_PORT: String(port) };
});

afterAll(async () => {
  for (const launcher of launched) await launcher.end();
  await runLauncher('down.mjs', [], env).ended;
});

async function up(): Promise<{ launcher: Launched; run: ProductRun }> {
  rmSync(runFile, { force: true });
  const launcher = runLauncher('up.mjs', ['--run-file', runFile], env);
  launched.push(launcher);
  await waitForRunFile(runFile, launcher);
  return { launcher, run: readRun() };
}

const readRun = (): ProductRun => JSON.parse(readFileSync(runFile, 'utf8')) as ProductRun;

const isReady = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;

const who = async ({ gatewayUrl, apiKey }: ProductRun): Promise<unknown> => {
  const response = await fetch(`${gatewayUrl}/api/v1/auth/me`, { headers: { authorization: `Bearer ${apiKey}` } });
  return response.ok ? response.json() : response.status;
};

/** Pids noted in the data folder, by process name. */
function pids(): Record<string, number> {
  const data = join(folder, 'data');
  const names = readdirSync(data).filter((name) => existsSync(join(data, name, 'pid')));
  return Object.fromEntries(
    names.map((name) => [name, (JSON.parse(readFileSync(join(data, name, 'pid'), 'utf8')) as { pid: number }).pid]),
  );
}

/** A zombie, which nobody has reaped yet, does not run. */
function runs(pid: number): boolean {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) && readFileSync(file, 'utf8') !== '';
}

describe('npm start', () => {
  it('starts everything, describes it for its user alone, and answers', async () => {
    const { run } = await up();
    expect(statSync(runFile).mode & 0o777).toBe(0o600);
    expect(run.gatewayUrl).toBe(`http://127.0.0.1:${port}`);
    expect(Object.keys(run.services)).toHaveLength(7);
    expect(await isReady()).toBe(true);
    expect(await who(run)).toMatchObject({ role: 'admin' });
  });

  it('refuses a second start on the same data', async () => {
    const second = runLauncher('up.mjs', [], env);
    expect(await second.ended).toBe(1);
    expect(second.output()).toMatch(/it runs already \(pid \d+\)/);
  });

  it('refuses a port that is taken and says what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await waitFor(() => server.listening);
    const taken = String((server.address() as { port: number }).port);
    const other = runLauncher('up.mjs', [], { SCM_DATA_DIR: makeFolder('taken'), SCM_PORT: taken });
    expect(await other.ended).toBe(1);
    expect(other.output()).toContain(`port ${taken} on 127.0.0.1 is taken by another program`);
    expect(other.output()).toContain('SCM_PORT=');
    server.close();
  });

  it.each(['metrics-ingest', 'gateway', 'nats', 'redis', 'postgres'])('starts %s again when it dies', async (name) => {
    const before = pids()[name] as number;
    process.kill(before, 'SIGKILL');
    await waitFor(() => pids()[name] !== before && isReady(), { timeoutMs: 40_000, what: `${name} to be back` });
    if (!(name in readRun().services)) return;
    const listed = () => Object.values(readRun().services).flatMap((replicas) => replicas.map(({ pid }) => pid));
    await waitFor(() => listed().includes(pids()[name] as number), { what: `${name} in run.json` });
  });

  it('sweeps what a killed launcher left, and keeps data and credentials', async () => {
    const before = readRun();
    const left = pids();
    await launched.at(-1)?.end('SIGKILL');
    const services = Object.keys(before.services).map((name) => left[name] as number);
    await waitFor(() => !services.some(runs), { timeoutMs: 40_000, what: 'the services to end by themselves' });
    const { launcher, run } = await up();
    expect(launcher.output()).toMatch(/ended what a killed run had left: .*nats/);
    expect([run.admin, run.apiKey]).toEqual([before.admin, before.apiKey]);
    expect(await who(run)).toMatchObject({ role: 'admin' });
    expect(Object.values(left).filter(runs)).toEqual([]);
  });

  it('stops by npm run stop and leaves no process', async () => {
    const last = pids();
    const down = runLauncher('down.mjs', [], env);
    expect(await down.ended).toBe(0);
    expect(down.output()).toContain('stopped');
    expect(await launched.at(-1)?.ended).toBe(0);
    expect(Object.values(last).filter(runs)).toEqual([]);
    expect(existsSync(runFile)).toBe(false);
    const again = runLauncher('down.mjs', [], env);
    expect(await again.ended).toBe(0);
    expect(again.output()).toContain('nothing runs');
  });

  it('runs the main job once as a self-check and leaves nothing', async () => {
    const data = makeFolder('once');
    const once = runLauncher('up.mjs', ['--once'], { SCM_DATA_DIR: data });
    launched.push(once);
    const code = await once.ended;
    if (code !== 0) throw new Error(once.output());
    for (const stage of ['ingest', 'stream', 'alert', 'workflow', 'notification', 'MCP']) {
      expect(once.output()).toMatch(new RegExp(`✓ ${stage} +\\d+ ms`));
    }
    expect(readdirSync(data)).toEqual([]);
  });
});
