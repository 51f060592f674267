import { builtinModules } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { importsOf, packageOf, packages, root, sourcesIn, type Package } from './source-tree.js';

/** Which library may import which; apps never import apps. */
const arrows: Record<string, string[]> = {
  contracts: ['mcp-messages'],
  'mcp-messages': [],
  'mcp-migration': ['mcp-messages'],
  promql: [],
  messaging: ['contracts'],
  database: ['contracts'],
  service: ['contracts', 'messaging', 'database'],
  policy: ['contracts'],
  audit: ['contracts', 'database'],
  egress: ['contracts'],
  testing: [],
};

/** Repositories and libraries that may span workspaces, with why. */
const spanning: Record<string, string> = {
  'libs/database/src/database.ts': 'declares it',
  'libs/database/src/idempotency.store.ts': 'forgets old replies',
  'libs/database/src/outbox.ts': 'relays events',
  'libs/database/src/dead-letter.repository.ts': 'keeps what belongs to no workspace',
  'libs/audit/src/audit-writer.ts': 'batches come from every workspace',
  'libs/audit/src/audit.repository.ts': 'relays audit rows',
  'apps/auth/src/identity/identity.repository.ts': 'a user may belong to several workspaces',
  'apps/auth/src/sessions/sessions.repository.ts': 'a refresh token is found before its workspace is known',
  'apps/auth/src/signing-keys/signing-keys.repository.ts': 'keys sign for every workspace',
  'apps/auth/src/api-keys/api-keys.repository.ts': 'a key is found before its workspace is known',
  'apps/auth/src/audit/audit-records.repository.ts': 'batches come from every workspace',
  'apps/metrics-ingest/src/chunks/partition.repository.ts': 'a partition holds chunks of every workspace',
  'apps/metrics-ingest/src/lease/lease.repository.ts': 'one replica seals and takes frames for all',
  'apps/metrics-ingest/src/log/sample-log.repository.ts': 'batches hold samples of every workspace',
  'apps/metrics-ingest/src/rules/rule.repository.ts': 'rules of all are evaluated together',
  'apps/metrics-ingest/src/rules/rule-group.repository.ts': 'groups that are due, of all',
  'apps/metrics-ingest/src/exemplars/exemplar.repository.ts': 'the sweep of exemplars',
  'apps/metrics-ingest/src/otlp/delta-state.repository.ts': 'sums commit with the samples of every workspace',
  'apps/metrics-ingest/src/series/series.repository.ts': 'the head is built for every workspace',
  'apps/workflow-orchestrator/src/executions/transition.repository.ts':
    'transitions are committed in groups, and swept',
  'apps/workflow-orchestrator/src/payloads/blob.repository.ts': 'large values of transitions',
  'apps/workflow-orchestrator/src/payloads/workspace-key.repository.ts':
    'keys, which whoever holds a connection waits for',
  'apps/workflow-orchestrator/src/schedules/schedule.repository.ts': 'the sweep of schedules',
  'apps/workflow-orchestrator/src/queues/admission.repository.ts': 'a queue is shared by every workspace',
  'apps/workflow-orchestrator/src/queues/grant.repository.ts': 'one commit opens calls of several workspaces',
  'apps/workflow-orchestrator/src/queues/queue.repository.ts': 'a place in it is one among those of all',
  'apps/workflow-orchestrator/src/queues/queue-depth.repository.ts': 'worker pools serve every workspace',
  'apps/notifier/src/deliveries/delivery.queue.ts': 'takes due deliveries of all',
  'apps/mcp-protocol/src/sessions/sessions.repository.ts': 'the sweep of sessions',
  'apps/mcp-protocol/src/tasks/tasks.repository.ts': 'the sweep of tasks',
  'apps/mcp-protocol/src/protocol/used-states.repository.ts': 'the sweep of used states',
  'apps/mcp-protocol/src/captures/captures.repository.ts': 'replicas know the captures of all',
  'apps/notifier/src/silences/silences.repository.ts': 'the sweep of silences',
};

const all = packages();
const code = all.flatMap(({ sources }) => sources).filter((source) => !source.isTest);

describe('dependency arrows', () => {
  it.each(all.map((p) => [p.name, p] as const))('%s imports only what it may', (_, p) => {
    const allowed =
      p.kind === 'app' ? Object.keys(arrows).filter((name) => name !== 'testing') : (arrows[p.name] ?? []);
    const used = productImports(p);
    expect(used.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(p.dependencies.filter((d) => d.startsWith('@scm/') && !allowed.includes(d.slice(5)))).toEqual([]);
  });

  it.each(all.map((p) => [p.name, p] as const))('%s declares every package it imports', (_, p) => {
    const used = p.sources
      .filter((s) => !s.isTest)
      .flatMap(importsOf)
      .filter((s) => !s.startsWith('.') && !s.startsWith('node:'));
    const undeclared = used
      .map(packageOf)
      .filter((name) => !p.dependencies.includes(name) && !builtinModules.includes(name));
    expect([...new Set(undeclared)]).toEqual([]);
  });

  it('keeps contracts and message models free of Nest and of input and output', () => {
    const io = ['node:fs', 'node:net', 'node:http', 'node:https', 'node:child_process', 'node:dgram', 'undici', 'pg'];
    const pure = all.filter((p) => p.name === 'contracts' || (p.name.startsWith('mcp-') && p.kind === 'lib'));
    const bad = pure.flatMap((p) =>
      p.sources
        .filter((s) => !s.isTest)
        .flatMap((s) => importsOf(s).filter((i) => i.startsWith('@nestjs/') || io.some((m) => i.startsWith(m)))),
    );
    expect(bad).toEqual([]);
  });

  it('lets only tests import several apps', () => {
    const tests = sourcesIn(`${root}/tests`).flatMap(importsOf);
    expect(tests.filter((i) => i.startsWith('@scm/tests'))).toEqual([]);
  });
});

describe('source rules', () => {
  it('spans workspaces only in the listed repositories', () => {
    const users = code.filter((s) => /\bacrossWorkspaces\b|\bsystemPool\b/.test(s.text)).map((s) => s.path);
    expect(users.filter((path) => !(path in spanning))).toEqual([]);
    expect(Object.keys(spanning).filter((path) => !users.includes(path))).toEqual([]);
  });

  it('reads the environment only where services boot', () => {
    const readers = code.filter((s) => /\bprocess\.env\b/.test(s.text)).map((s) => s.path);
    expect(readers.filter((path) => !/^libs\/(service|testing)\//.test(path))).toEqual([]);
  });

  it('sends nothing around the egress client', () => {
    const senders = code.filter(
      (s) =>
        /(?<![.\w] ?|async )\bfetch\(|from 'undici'|from 'node:https?'/.test(s.text) && !/import type/.test(s.text),
    );
    const allowed = /^libs\/(egress|testing)\/|^apps\/gateway\/src\/(http\.door|stream\/stream\.server)\.ts$/;
    expect(senders.map((s) => s.path).filter((path) => !allowed.test(path))).toEqual([]);
  });

  it.each([
    ['any', /^(?!\s*(\*|\/\/|\/\*)).*([:<]\s*any\b|\bas any\b)(?! )/m],
    ['forwardRef', /forwardRef\(/],
    ['export *', /^export \* from/m],
    ['default exports', /^export default/m],
    ['enums', /^\s*(export )?(const )?enum /m],
    ['unfinished work', /\b(TODO|FIXME|XXX)\b/],
    ['a promise of effects that happen exactly once', /exactly[- ]once/i],
    ['subjects written by hand', /['"`]scm\.(rpc|evt|task)\.[a-z]/],
  ])('has no %s', (_, pattern) => {
    const allowed = /^libs\/contracts\/src\/(define|streams)\.ts$/;
    expect(code.filter((s) => pattern.test(s.text) && !allowed.test(s.path)).map((s) => s.path)).toEqual([]);
  });

  it('keeps features flat: no folders by kind', () => {
    const folders = code.filter((s) => /\/(utils?|helpers?|common|types|interfaces|dtos?|constants)\//.test(s.path));
    expect(folders.map((s) => s.path)).toEqual([]);
  });
});

function productImports(p: Package): string[] {
  const used = p.sources.filter((s) => !s.isTest).flatMap(importsOf);
  return [...new Set(used.filter((i) => i.startsWith('@scm/')).map((i) => packageOf(i).slice(5)))].filter(
    (n) => n !== p.name,
  );
}
