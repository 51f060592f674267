import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';

const suite = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json')),
  'dist',
  'index.js',
);

const limitMs = 180_000;

/** Runs the official suite's `server` command. Answers what each scenario came to; `output` is all it printed. */
export async function runServerSuite(url, args) {
  return scored(await run(['server', '--url', url, ...args]));
}

/** Runs one of the official suite's client scenarios; the suite appends its URL to the command. */
export async function runClientScenario(command, name, revision, env = {}) {
  const version = revision ? ['--spec-version', revision] : [];
  const args = ['client', '--command', command, '--scenario', name, ...version];
  const { output, failures } = await run(args, ['-o'], env);
  const [, passed, all] = /^Passed: (\d+)\/(\d+)/m.exec(output) ?? [undefined, 0, 0];
  const ok = /OVERALL: PASSED/.test(output);
  return { name, ok, passed: Number(passed), failed: all - passed, reasons: failures[name] ?? [output.slice(-500)] };
}

/** The names of the client scenarios that a revision requires. */
export async function clientScenarios(revision) {
  const { output } = await run(['list', '--client', '--requirements', revision], []);
  const [, scored = ''] = /^Client scenarios.*\n((?: +- .*\n)+)/m.exec(output) ?? [];
  return [...scored.matchAll(/^\s*-\s+([\w/-]+)/gm)].map(([, name]) => name);
}

/** Every client scenario that no revision requires, with the revision it belongs to; undefined for those of extensions. */
export async function otherClientScenarios(revisions) {
  const required = (await Promise.all(revisions.map(clientScenarios))).flat();
  const { output } = await run(['list', '--client'], []);
  return [...output.matchAll(/^\s*-\s+([\w/-]+) \[([\w.,-]+)\]/gm)]
    .map(([, name, of]) => ({ name, revision: of === 'extension' ? undefined : of.split(',').at(-1) }))
    .filter(({ name }) => !required.includes(name));
}

async function run(args, into = ['-o'], env = {}) {
  const results = fs.mkdtempSync(path.join(os.tmpdir(), 'scm-conformance-'));
  try {
    const child = spawn(process.execPath, [suite, ...args, ...into.flatMap((flag) => [flag, results])], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const chunks = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    await new Promise((resolve, reject) => child.once('close', resolve).once('error', reject));
    clearTimeout(timer);
    const output = Buffer.concat(chunks).toString();
    if (child.signalCode) throw new Error(`the suite did not end in ${limitMs} ms:\n${output.slice(-2_000)}`);
    return { output, failures: failuresIn(results) };
  } finally {
    fs.rmSync(results, { recursive: true, force: true });
  }
}

/** Why checks failed, by the scenario's name. */
function failuresIn(folder) {
  const failures = {};
  for (const entry of fs.readdirSync(folder, { recursive: true })) {
    if (path.basename(entry) !== 'checks.json') continue;
    const scenario = path
      .dirname(entry)
      .replace(/^(server|client)-/, '')
      .replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '');
    const checks = JSON.parse(fs.readFileSync(path.join(folder, entry), 'utf8'));
    failures[scenario] = checks.filter((c) => c.status === 'FAILURE').map((c) => `${c.id}: ${c.errorMessage ?? ''}`);
  }
  return failures;
}

function scored({ output, failures }) {
  const [, summary = ''] = output.split('=== SUMMARY ===');
  const notScored = new Map(
    [...summary.matchAll(/^ {2}[✓✗] (\S+) \(([\w-]+)\)$/gm)].map(([, name, why]) => [name, why]),
  );
  const scenarios = [...summary.matchAll(/^([✓✗]) (\S+): (\d+) passed, (\d+) failed/gm)].map(
    ([, mark, name, passed, failed]) => ({
      name,
      ok: mark === '✓',
      passed: Number(passed),
      failed: Number(failed),
      notScored: notScored.get(name),
      reasons: failures[name] ?? [],
    }),
  );
  return { scenarios, output };
}
