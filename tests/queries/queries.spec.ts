import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEFAULT_WORKSPACE_ID } from '@scm/contracts';
import { Database, encodeCursor, IdempotencyStore, type CursorKey } from '@scm/database';
import { waitFor } from '@scm/testing';
import { Client } from 'pg';
import { startWholeMesh, type WholeMesh } from '../e2e/whole-mesh.js';
import { BEGIN, commonFills, fills, ROWS, uuidAt } from './fill.js';
import { faultsOf } from './plan.js';
import { stage } from './stage.js';
import { StatementTap, type Statement } from './statement-tap.js';

const MIDDLE = ROWS / 2;
const instant = new Date(BEGIN + MIDDLE).toISOString();
const byTime = (kind: number): CursorKey => [instant, uuidAt(kind, MIDDLE)];

/** For every list: the place in the middle of what was filled, and values of its filters that are no enum. */
const lists: Record<string, { middle: CursorKey; filters?: Record<string, string>; together?: string[] }> = {
  '/api/v1/users': { middle: [uuidAt(1, MIDDLE)] },
  '/api/v1/workspaces': { middle: byTime(2) },
  '/api/v1/api-keys': { middle: byTime(4) },
  '/api/v1/audit': { middle: byTime(5), filters: { action: 'action-7', actorId: 'actor-7' } },
  '/api/v1/rules': { middle: byTime(6) },
  '/api/v1/rule-files': { middle: ['filled-050000'] },
  '/api/v1/alerts': { middle: byTime(8) },
  '/api/v1/silences': { middle: byTime(9) },
  '/api/v1/workflows': { middle: ['filled-050000'] },
  '/api/v1/workflows/{name}/versions': { middle: [instant, '2.0.50000'] },
  '/api/v1/executions': {
    middle: byTime(7),
    // In the middle of what there is: an hour around it.
    filters: { workflow: 'filled-000007', from: '2026-01-01T00:00:30Z', to: '2026-01-01T00:01:10Z', attr: 'filled' },
    together: [
      'attr.team=filled&attr.number=50000',
      'attr.number=50000&status=completed',
      'attr.team=filled&workflow=filled-000007',
      'status=faulted&from=2026-01-01T00:00:30Z&to=2026-01-01T00:01:10Z',
      'workflow=filled-000007&status=faulted',
      'workflow=filled-000007&status=cancelled',
      'workflow=filled-000007&status=completed',
    ],
  },
  '/api/v1/executions/{id}/history': { middle: [1_000 + MIDDLE] },
  '/api/v1/schedules': { middle: ['filled-050000'] },
  '/api/v1/notifications': { middle: byTime(10) },
  '/api/v1/deliveries': { middle: byTime(14) },
  '/api/v1/webhooks': { middle: byTime(11) },
  '/api/v1/email-contacts': { middle: byTime(12) },
  '/api/v1/templates': { middle: ['inbox', 'filled-050000'] },
  '/api/v1/templates/{channel}/{name}/versions': { middle: [10 + MIDDLE] },
  '/api/v1/upstreams': { middle: ['filled-050000'] },
  '/api/v1/virtual-servers': { middle: ['filled-050000'] },
  '/api/v1/mcp/captures': { middle: [uuidAt(19, MIDDLE)] },
  '/api/v1/mcp/captures/{id}/exchanges': { middle: [uuidAt(20, MIDDLE)] },
};

/** Statements whose work is to read all there is, with why. */
const whole: [RegExp, string][] = [
  [/^select .* from alert_rules order by position, created_at, id$/, 'Prometheus shows every rule'],
  [/^select .* from rule_groups order by file nulls first, position$/, 'in its group'],
  [/^select .* from alert_instances order by active_at, fingerprint$/, 'with every alert that is pending or fires'],
  [/^select .* from alert_rules where group_id = any/, 'the rules of a group are evaluated together'],
  [/^select distinct workspace_id from alert_rules where group_id is null/, 'asked once, at the start'],
  [/^select coalesce\(sum\(rules\)/, 'the rules of a workspace are counted against its limit'],
  [/^select labels from series where workspace_id/, 'the values of labels are counted, once an hour'],
  [/^select id, workspace_id, t0, t1, n from sample_log where t0 < /, 'all that is old enough is sealed together'],
  [/^select count\(\*\)::int as count from series/, 'new series are counted against the limit of the workspace'],
  [
    /FROM "workflow"."history_events" "h".* ORDER BY "h"."seq" ASC\s*$/,
    'the steps of one execution are in its history',
  ],
  [/^select count\(\*\)::int as count from \( select 1 from admissions/, 'what waits is counted up to the quota'],
  [/\(select count\(\*\) from admissions where blocked_by/, 'an autoscaler is told how much is held back'],
  [/^insert into deliveries .* from (webhooks|email_contacts) c/, 'a notification goes to every contact that wants it'],
];

/** Services by the schema they have, and how a role's name begins. */
const schemas: Record<string, string> = {
  auth: 'auth',
  'metrics-ingest': 'metrics',
  'workflow-orchestrator': 'workflow',
  'mcp-protocol': 'mcp',
  notifier: 'notify',
};

/** An MCP server that asks, and keeps its state with its client. */
const fixture = join(import.meta.dirname, '../conformance/fixture/main.mjs');

const tap = new StatementTap();
let scm: WholeMesh;
let routes: ListRoute[];
let seen: Map<string, Statement & { label: string }>;

beforeAll(async () => {
  await tap.start();
  scm = await startWholeMesh((service, mesh): NodeJS.ProcessEnv =>
    schemas[service]
      ? {
          SCM_PUBLIC_URL: 'https://scm.test',
          SCM_HEAD_MINUTES: '1',
          SCM_SEAL_MINUTES: '0',
          SCM_MCP_STDIO_COMMANDS: `fixture=${process.execPath} ${fixture} --stdio`,
          SCM_DATABASE_URL: tap.through(mesh.databaseUrl(service, 'request')),
          SCM_DATABASE_SYSTEM_URL: tap.through(mesh.databaseUrl(service, 'system')),
        }
      : {},
  );
  routes = await readListRoutes();
  seen = await collect();
  await Promise.all(Object.values(scm.services).map((service) => service.stop()));
  await fill();
  const ofLists = [...seen.values()].filter(({ label }) => label !== '').length;
  const found = `${ofLists} of ${routes.length} lists and ${seen.size - ofLists} others`;
  process.stderr.write(`queries: ${tap.statements.length} statements seen, ${found} judged at ${ROWS} rows a table\n`);
}, 300_000);

afterAll(async () => {
  await scm?.stop();
  await tap.stop();
}, 60_000);

it('knows every list of the API', () => {
  expect(Object.keys(lists).sort()).toEqual(routes.map(({ path }) => path).sort());
});

it('answers every list from an index, at its beginning and in its middle', async () => {
  expect(await faultsAmong((statement) => statement.label !== '')).toEqual([]);
});

it('does the work of relays, sweepers and queues, and all other requests, from an index', async () => {
  expect(await faultsAmong((statement) => statement.label === '')).toEqual([]);
});

it('lets nothing else read a whole table than what still does', () => {
  const sent = [...seen.values()].map(({ sql }) => onOneLine(sql));
  expect(whole.filter(([pattern]) => !sent.some((sql) => pattern.test(sql)))).toEqual([]);
});

it('has seen statements on every table', async () => {
  const { rows } = await query<{ name: string }>(
    `select schemaname || '.' || s.relname as name from pg_stat_user_tables s join pg_class c on c.oid = s.relid
     where s.relname <> 'migrations' and not c.relispartition`,
  );
  const named = [...new Set(tap.statements.map(({ sql }) => sql))];
  const unseen = rows.filter(({ name }) => !named.some((sql) => new RegExp(`\\b${name.split('.')[1]}\\b`).test(sql)));
  expect(unseen.map(({ name }) => name).filter((name) => !name.endsWith('.dead_letters'))).toEqual([]);
});

/** Asks for every list with each of its filters, and gives every statement that the services sent. */
async function collect(): Promise<typeof seen> {
  const token = await scm.login();
  const staged = await stage(scm, token);
  const asked: { label: string; from: number; to: number }[] = [];
  for (const { path, queries } of routes) {
    for (const query of queries) {
      const from = tap.statements.length;
      const target = path.replaceAll(
        /(?<=([\w-]*)\/)\{(\w+)\}/g,
        (_, of: string, name: string) => staged[`${of} ${name}`] ?? staged[name] ?? '',
      );
      const { status, body } = await scm.call('GET', `${target}?limit=50${query}`, { token });
      expect([target, query, status, body]).toMatchObject([target, query, 200, {}]);
      asked.push({ label: `${path} ${query}`, from, to: tap.statements.length });
    }
  }
  await sweepIdempotencyKeys();
  // What runs every half a minute.
  await waitFor(() => tap.statements.some(({ sql }) => sql.startsWith('delete from sample_log')), {
    timeoutMs: 60_000,
    what: 'the retention',
  });
  await waitFor(() => tap.statements.some(({ sql }) => sql.startsWith('update seal_state')), {
    timeoutMs: 60_000,
    what: 'the sealing',
  });
  const kept = new Map<string, Statement & { label: string }>();
  for (const [i, sent] of tap.statements.entries()) {
    // What is copied out is a select as well.
    const statement = { ...sent, sql: sent.sql.replace(/^copy \(([\s\S]*)\) to stdout \(format binary\)$/, '$1') };
    if (!isJudged(statement)) continue;
    const label = asked.find(({ from, to }) => i >= from && i < to)?.label ?? '';
    const isList = /\blimit \$?\d+/i.test(statement.sql) && label !== '';
    const shape = isList ? JSON.stringify(statement.values) : statement.values.map((v) => typeof v).join();
    kept.set(`${statement.role} ${statement.sql} ${shape}`, { ...statement, label: isList ? label : '' });
  }
  return kept;
}

/** What services do once an hour. */
async function sweepIdempotencyKeys(): Promise<void> {
  const url = (role: 'request' | 'system') => tap.through(scm.mesh.databaseUrl('notifier', role));
  const urls = { url: url('request'), systemUrl: url('system') };
  const database = await Database.open({ schema: 'notify', entities: [], migrations: [] }, urls);
  await new IdempotencyStore(database).sweep().finally(() => database.close());
}

/** Reads, and changes that have to find their rows. */
function isJudged({ sql, values }: Statement): boolean {
  const isSearch = /^[\s(]*(select|with|update|delete)\b/i.test(sql) || /^\s*insert\b[\s\S]*\bselect\b/i.test(sql);
  return (
    isSearch &&
    /\b(from|update)\b/i.test(sql) &&
    !/\bpg_\w+ (c|a|n)?\b.*\bpg_catalog|^select version/i.test(sql) &&
    !values.includes(undefined)
  );
}

interface ListRoute {
  path: string;
  /** What follows `limit` in the query: each filter, at the beginning and in the middle. */
  queries: string[];
}

/** The lists of the OpenAPI document: what answers pages. */
async function readListRoutes(): Promise<ListRoute[]> {
  const { body } = await scm.call('GET', '/api/openapi.json');
  const paths = body.paths as unknown as Record<string, { get?: Operation }>;
  return Object.entries(paths).flatMap(([path, { get }]) => {
    const properties = get?.responses['200']?.content?.['application/json']?.schema.properties;
    return get && properties?.items && properties.nextCursor ? [{ path, queries: queriesOf(path, get) }] : [];
  });
}

interface Operation {
  parameters?: { name: string; in: string; schema: { type?: string; enum?: string[] } }[];
  responses: Record<string, { content?: Record<string, { schema: { properties?: Record<string, unknown> } }> }>;
}

function queriesOf(path: string, { parameters = [] }: Operation): string[] {
  const { middle, filters = {}, together = [] } = lists[path] ?? { middle: [] };
  const inQuery = parameters.filter(({ name, in: place }) => place === 'query' && !/^(limit|cursor)$/.test(name));
  const single = inQuery.flatMap(({ name, schema }) =>
    (schema.enum ?? [filters[name] ?? `no value for ${name} in this test`]).map(
      (value) => `${schema.type === 'object' ? `${name}.team` : name}=${value}`,
    ),
  );
  const cursor = `&cursor=${encodeCursor(middle)}`;
  return ['', ...single.map((s) => `&${s}`), ...together.map((s) => `&${s}`)].flatMap((q) => [q, q + cursor]);
}

async function fill(): Promise<void> {
  await withClient(scm.mesh.database.url, async (client) => {
    await client.query('set session_replication_role = replica');
    for (const schema of Object.values(schemas)) {
      await client.query(`set search_path = ${schema}`);
      for (const statement of [...commonFills, ...(fills[schema] ?? [])]) await client.query(statement);
    }
    await client.query('vacuum analyze');
  });
}

async function faultsAmong(isOf: (statement: { label: string }) => boolean): Promise<string[]> {
  const found = new Map<string, string>();
  for (const [service, schema] of Object.entries(schemas)) {
    for (const role of ['request', 'system'] as const) {
      const url = new URL(scm.mesh.databaseUrl(service, role));
      url.searchParams.set('options', `-c search_path=${schema}`);
      await withClient(url.href, async (client) => {
        for (const statement of [...seen.values()].filter((s) => s.role === url.username && isOf(s))) {
          const sql = onOneLine(statement.sql);
          if (whole.some(([pattern]) => pattern.test(sql))) continue;
          const faults = await faultsOf(client, statement, DEFAULT_WORKSPACE_ID);
          for (const fault of faults)
            found.set(
              `${fault} ${sql}`,
              `${statement.label || role}: ${fault}: ${sql.replace(/^SELECT .* FROM/, 'SELECT … FROM')}`,
            );
        }
      });
    }
  }
  return [...found.values()];
}

function onOneLine(sql: string): string {
  return sql.replace(/\s+/g, ' ').trim();
}

async function query<Row extends object>(sql: string): Promise<{ rows: Row[] }> {
  return { rows: await scm.mesh.database.query<Row>(sql) };
}

async function withClient(connectionString: string, use: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
