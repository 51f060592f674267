import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { jetstream } from '@nats-io/jetstream';
import { DEFAULT_WORKSPACE_ID, StepTasks } from '@scm/contracts';
import { connectNats } from '@scm/messaging';
import { waitFor } from '@scm/testing';
import { startWholeMesh, type WholeMesh } from './whole-mesh.js';

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  service: string;
  attributes: Attribute[];
  links?: { traceId: string; spanId: string }[];
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: number };
}

/** One metric of one service, with the attributes of each of its points. */
interface Metric {
  service: string;
  name: string;
  points: Record<string, string | undefined>[];
}

interface MetricExport {
  resourceMetrics: {
    resource: { attributes: Attribute[] };
    scopeMetrics: { metrics: { name: string; [kind: string]: unknown }[] }[];
  }[];
}

interface Export {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: { spans: Omit<Span, 'service'>[] }[];
  }[];
}

jest.setTimeout(60_000);

let scm: WholeMesh;
let sink: Server;
const spans: Span[] = [];
const measured: Metric[] = [];
let tries = 0;
let address: string;

beforeAll(async () => {
  sink = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      if (request.url === '/v1/traces') keep(JSON.parse(text) as Export);
      if (request.url === '/v1/metrics') keepMetrics(JSON.parse(text) as MetricExport);
      const isFlaky = request.url === '/flaky' && ++tries === 1;
      response.writeHead(isFlaky ? 503 : 200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  const { port } = sink.address() as AddressInfo;
  address = `http://127.0.0.1:${port}`;
  scm = await startWholeMesh({
    OTEL_EXPORTER_OTLP_ENDPOINT: address,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_METRIC_EXPORT_INTERVAL: '500',
    OTEL_METRIC_EXPORT_TIMEOUT: '400',
  });
}, 60_000);

afterAll(async () => {
  await scm?.stop();
  sink?.closeAllConnections();
  await new Promise((resolve) => sink?.close(resolve));
}, 30_000);

it('gives a run one trace from the HTTP request to the last delivery, without orphans', async () => {
  const token = await scm.login();
  const body = readFileSync(join(import.meta.dirname, '../../tools/demo/cpu-pressure-response.yaml'), 'utf8');
  await scm.call('POST', '/api/v1/workflows', { token, body, headers: { 'content-type': 'application/yaml' } });
  const document = {
    document: { dsl: '1.0.3', namespace: 'spec', name: 'traced', version: '1.0.0' },
    do: [
      { measure: { call: 'analysis', with: { values: [1, 2, 3] } } },
      { shape: { call: 'processing', with: { source: [{ a: 1 }], operations: [{ limit: 1 }] } } },
      { judge: { call: 'decision', with: { rules: [], otherwise: 'fine' } } },
      { tell: { call: 'notification', with: { title: 'traced', severity: 'info' } } },
    ],
  };
  const made = await scm.call('POST', '/api/v1/workflows', { token, body: { document } });
  expect([made.status, made.body]).toEqual([201, expect.anything()]);
  const [traceId, parent] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  const started = await scm.call('POST', '/api/v1/workflows/traced/executions', {
    token,
    body: {},
    headers: { traceparent: `00-${traceId}-${parent}-01` },
  });
  const id = String(started.body.executionId);
  const end = await waitFor(
    async () => {
      const { body: execution } = await scm.call('GET', `/api/v1/executions/${id}`, { token });
      return ['completed', 'faulted'].includes(String(execution.status)) && execution;
    },
    { timeoutMs: 30_000 },
  );
  expect(end).toMatchObject({ status: 'completed', traceId });

  const mine = () => spans.filter((span) => span.traceId === traceId);
  const orphans = () => {
    const known = new Set([...mine().map((span) => span.spanId), parent]);
    return mine().filter((span) => !known.has(span.parentSpanId ?? ''));
  };
  const wanted = ['gateway', 'workflow-orchestrator', 'step-workers', 'notifier'];
  await waitFor(() => wanted.every((name) => mine().some((span) => span.service === name)) && orphans().length === 0, {
    timeoutMs: 15_000,
    what: 'every span of the run',
  });
  const traces = new Set(
    spans
      .filter((span) => /step\.v1\.(analysis|processing|decision|notification)$/.test(span.name))
      .map((s) => s.traceId),
  );
  process.stderr.write(
    `trace: ${traces.size} trace id for the run, ${mine().length} spans of ${new Set(mine().map((s) => s.service)).size} services, ${orphans().length} orphans\n`,
  );
  expect([...traces]).toEqual([traceId]);
  expect(orphans()).toEqual([]);
}, 60_000);

it('links an attempt to the one before it, in one trace with the execution that a step runs', async () => {
  const token = await scm.login();
  const define = (name: string, tasks: object[]) => {
    const document = { document: { dsl: '1.0.3', namespace: 'spec', name, version: '1.0.0' }, do: tasks };
    return scm.call('POST', '/api/v1/workflows', { token, body: { document } });
  };
  const retry = { maxAttempts: 3, initialMs: 10, maxMs: 20 };
  const flaky = { call: 'http', with: { method: 'get', endpoint: `${address}/flaky` }, metadata: { scm: { retry } } };
  await define('inner', [{ inner: { call: 'processing', with: { operations: [] } } }]);
  const run = { workflow: { namespace: 'spec', name: 'inner', version: '1.0.0' } };
  await define('linked', [{ flaky }, { sub: { run } }]);
  const { body } = await scm.call('POST', '/api/v1/workflows/linked/executions', { token, body: {} });
  const ended = await waitFor(
    async () => {
      const { body: execution } = await scm.call('GET', `/api/v1/executions/${String(body.executionId)}`, { token });
      return execution.status === 'completed' && execution;
    },
    { timeoutMs: 30_000, what: 'the execution to end' },
  );
  const attempts = await waitFor(
    () => {
      const found = spans.filter(({ name, traceId }) => name === 'step http' && traceId === String(ended.traceId));
      return found.length === 2 && found.toSorted((x, y) => attemptOf(x) - attemptOf(y));
    },
    { timeoutMs: 15_000, what: 'both attempts' },
  );
  const [first, second] = attempts;
  expect(attempts.map(attemptOf)).toEqual([1, 2]);
  expect(first?.links ?? []).toEqual([]);
  expect(second?.links).toMatchObject([{ traceId: first?.traceId, spanId: first?.spanId }]);
  await waitFor(() =>
    spans.some(({ name, traceId }) => name === 'step processing' && traceId === String(ended.traceId)),
  );
});

it('measures queues, waits, attempts and dead letters by capability and workspace', async () => {
  const nc = await connectNats(scm.mesh.nats.url, 'test');
  await jetstream(nc).publish(`${StepTasks.decision.subject}.${randomUUID()}.1`, '{"odd": true}');
  await nc.close();
  const about = (name: string, point: Record<string, string>) =>
    measured.some(
      (metric) =>
        metric.name === name && metric.points.some((p) => Object.entries(point).every(([k, v]) => p[k] === v)),
    );
  const workspace = DEFAULT_WORKSPACE_ID;
  const wanted: [string, Record<string, string>][] = [
    ['scm.queue.depth', { capability: 'action', workspace }],
    ['scm.step.schedule_to_start', { capability: 'action', workspace }],
    ['scm.step.duration', { capability: 'action', workspace, outcome: 'failed' }],
    ['scm.step.duration', { capability: 'action', workspace, outcome: 'completed' }],
    ['scm.step.attempts', { capability: 'action', workspace, attempt: 'first', outcome: 'failed' }],
    ['scm.step.attempts', { capability: 'action', workspace, attempt: 'again', outcome: 'completed' }],
    ['scm.step.dead_letters', { capability: 'decision', workspace: 'unknown' }],
  ];
  // Something that stays open for a while.
  const token = await scm.login();
  const hang = { call: 'http', with: { method: 'get', endpoint: `${address}/flaky`, headers: {} } };
  const document = { dsl: '1.0.3', namespace: 'spec', name: 'waits', version: '1.0.0' };
  const retry = { maxAttempts: 5, initialMs: 60_000, maxMs: 60_000 };
  const tasks = [{ hang: { ...hang, metadata: { scm: { retry } } } }];
  await scm.call('POST', '/api/v1/workflows', { token, body: { document: { document, do: tasks } } });
  tries = 0;
  await scm.call('POST', '/api/v1/workflows/waits/executions', { token, body: {} });
  await waitFor(() => wanted.every(([name, point]) => about(name, point)), {
    timeoutMs: 20_000,
    what: 'every metric',
  }).catch(() => undefined);
  expect(wanted.filter(([name, point]) => !about(name, point))).toEqual([]);
});

function attemptOf({ attributes }: Span): number {
  return Number(attributes.find(({ key }) => key === 'scm.attempt')?.value.intValue);
}

function keepMetrics({ resourceMetrics }: MetricExport): void {
  for (const { resource, scopeMetrics } of resourceMetrics) {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
    for (const { name, ...kinds } of scopeMetrics.flatMap(({ metrics }) => metrics)) {
      const data = Object.values(kinds).find(
        (kind) => typeof kind === 'object' && kind !== null && 'dataPoints' in kind,
      );
      const { dataPoints } = data as { dataPoints: { attributes: Attribute[] }[] };
      const points = dataPoints.map(({ attributes }) =>
        Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue])),
      );
      measured.push({ service, name, points });
    }
  }
}

function keep({ resourceSpans }: Export): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
    spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))));
  }
}
