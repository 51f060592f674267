import { readdirSync } from 'node:fs';
import {
  allContracts,
  consumerName,
  errorTable,
  permissions,
  roles,
  services,
  streams,
  subscriptions,
} from '@scm/contracts';
import { Policy } from '@scm/policy';
import { CoreConfig, DatabaseConfig, MigrateConfig, settingsOf } from '@scm/service';
import { code, page, table } from './markdown.mjs';
import { mcpCapabilities } from './mcp-capabilities.mjs';
import { mcpCompatibility } from './mcp-compatibility.mjs';
import { mcpErrors } from './mcp-errors.mjs';
import { mcpMessages } from './mcp-messages.mjs';
import { mcpMigration } from './mcp-migration.mjs';
import { openApi } from './openapi.mjs';

/** Every generated page, by its file name. */
export async function references() {
  return {
    'subjects.md': subjects(),
    'errors.md': errors(),
    'permissions.md': permissionMatrix(),
    'configuration.md': await configuration(),
    'mcp-messages.md': mcpMessages(),
    'mcp-capabilities.md': mcpCapabilities(),
    'mcp-compatibility.md': mcpCompatibility(),
    'mcp-errors.md': mcpErrors(),
    'mcp-migration.md': mcpMigration(),
    'openapi.json': `${JSON.stringify(await openApi(), null, 2)}\n`,
  };
}

function subjects() {
  const rows = allContracts.map(({ name, contract }) => ({ name, ...contract }));
  const of = (kind) => rows.filter((row) => row.kind === kind).sort(bySubject);
  return page(
    'NATS subjects',
    'Every subject of the mesh. A request is JSON, but for those that say `bytes`: their body travels as it is, and their other fields as JSON in the header `Scm-Fields`. A reply is JSON, or an error with the headers `Nats-Service-Error-Code` and `Nats-Service-Error`. All but public ones need the header `Scm-Context`.',
    '## Requests',
    table(
      ['subject', 'contract', 'answered by', 'access', 'body'],
      of('rpc').map((r) => [code(r.subject), code(r.name), r.service, code(r.access), r.body]),
    ),
    '## Requests with an answer that may go on',
    'The first frame is the reply; one with the header `Scm-Frame: head` is followed by `text` frames (`part` begins the next one) and an `end`. A `beat` asks whether the caller is there: it answers with its `Scm-Context`. On the subject with `.abort` a caller says by its inbox that it wants no more.',
    table(
      ['subject', 'contract', 'answered by', 'access'],
      of('streamed').map((r) => [code(r.subject), code(r.name), r.service, code(r.access)]),
    ),
    '## Events',
    table(
      ['subject', 'contract', 'published by', 'key that follows'],
      of('event').map((r) => [code(r.subject), code(r.name), r.service, r.key.map(code).join(' ')]),
    ),
    '## Tasks',
    table(
      ['subject', 'contract', 'done by', 'durable consumer', 'ack wait'],
      of('task').map((r) => [code(r.subject), code(r.name), r.service, code(consumerName(r)), `${r.ackWaitMs} ms`]),
    ),
    '## Streams',
    table(
      ['stream', 'subjects', 'owner', 'retention', 'storage', 'at most'],
      Object.values(streams).map((s) => [
        code(s.name),
        s.subjects.map(code).join(' '),
        s.owner,
        s.retention,
        s.storage,
        limitsOf(s),
      ]),
    ),
    '## Durable readers of events',
    table(
      ['durable consumer', 'event', 'read by'],
      Object.values(subscriptions).map((s) => [code(consumerName(s)), code(s.event.subject), s.service]),
    ),
  );
}

function errors() {
  const rows = Object.entries(errorTable).map(([name, { status, jsonRpc, retryable, title }]) => [
    code(name),
    String(status),
    String(jsonRpc),
    retryable ? 'yes' : 'no',
    title,
  ]);
  return page(
    'Errors',
    'The only error codes there are. HTTP answers them as RFC 9457 problem details with `code`, `requestId` and `traceId`; the stream as `err` frames; MCP as JSON-RPC errors, or as tool results with `isError`.',
    table(['code', 'HTTP status', 'JSON-RPC code', 'may succeed later', 'meaning'], rows),
  );
}

function permissionMatrix() {
  const policy = new Policy();
  const workspaceId = '00000000-0000-7000-8000-000000000001';
  const may = (role, permission) =>
    policy.decide({
      actor: { kind: 'user', id: 'u', name: 'u', workspaceId, role },
      permission,
      resource: { workspaceId },
    }).allowed;
  return page(
    'Permissions',
    'What each role may do in its workspace, over REST, the stream and MCP alike: the answers of the policy itself.',
    table(
      ['permission', ...roles],
      permissions.map((permission) => [
        code(permission),
        ...roles.map((role) => (may(role, permission) ? 'yes' : '–')),
      ]),
    ),
  );
}

async function configuration() {
  const sections = [];
  for (const name of services) {
    const type = await configClassOf(name);
    if (type) sections.push(`## ${name}`, settings(type));
  }
  return page(
    'Configuration',
    'Services read these environment variables once, when they start, and name every fault together. `<NAME>_FILE` names a file that holds the value instead. Telemetry is set by the standard `OTEL_*` variables.',
    '## Every service',
    settings(CoreConfig),
    '## Every service with a schema',
    settings(DatabaseConfig),
    '## `migrate`',
    settings(MigrateConfig),
    ...sections,
  );
}

/** The config class of a service: the one class its `*config.js` exports. */
async function configClassOf(name) {
  const folder = new URL(`../../apps/${name}/dist/`, import.meta.url);
  const file = readdirSync(folder).find((entry) => /^([\w-]+\.)?config\.js$/.test(entry));
  if (!file) return undefined;
  return Object.values(await import(new URL(file, folder))).find(
    (value) => typeof value === 'function' && settingsOf(value).length > 0,
  );
}

function settings(type) {
  const defaults = new type();
  const rows = settingsOf(type).map(({ property, env, secret, description }) => {
    const value = defaults[property];
    return [code(env), shownDefault(property, value), secret ? 'yes' : '–', description];
  });
  return table(['variable', 'default', 'secret', 'meaning'], rows);
}

function shownDefault(property, value) {
  if (value === undefined) return '–';
  if (property === 'instanceId') return 'host name and process id';
  return Array.isArray(value) ? (value.length > 0 ? code(value.join(',')) : 'none') : code(String(value));
}

const bySubject = (a, b) => (a.subject < b.subject ? -1 : 1);
const limitsOf = (s) =>
  [`${s.maxBytes / 1_048_576} MiB`, s.maxAgeMs ? `${s.maxAgeMs / 3_600_000} h` : ''].filter(Boolean).join(', ');
