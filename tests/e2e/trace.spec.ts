import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { waitFor } from '@scm/testing';
import { startWholeMesh, type WholeMesh } from './whole-mesh.js';

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  service: string;
}

interface Export {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue?: string } }[] };
    scopeSpans: { spans: Omit<Span, 'service'>[] }[];
  }[];
}

let scm: WholeMesh;
let sink: Server;
const spans: Span[] = [];

beforeAll(async () => {
  sink = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      if (request.url === '/v1/traces') keep(JSON.parse(text) as Export);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  const { port } = sink.address() as AddressInfo;
  scm = await startWholeMesh({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
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

function keep({ resourceSpans }: Export): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
    spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => ({ ...span, service }))));
  }
}
