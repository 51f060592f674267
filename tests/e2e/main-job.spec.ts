import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client as ModernClient, StreamableHTTPClientTransport as ModernTransport } from '@modelcontextprotocol/client';
import { Client as LegacyClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as LegacyTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { connect, headers } from '@nats-io/transport-node';
import { waitFor } from '@scm/testing';
import { startWholeMesh, type StreamClient, type WholeMesh } from './whole-mesh.js';

const demo = (file: string) => readFileSync(join(import.meta.dirname, '../../tools/demo', file), 'utf8');
const toolNames = [
  'get_execution',
  'list_alerts',
  'list_workflows',
  'query_metrics',
  'run_workflow',
  'system_overview',
  'who_am_i',
];

let scm: WholeMesh;
let token: string;
let stream: StreamClient;

beforeAll(async () => {
  scm = await startWholeMesh();
  token = await scm.login();
  stream = await scm.stream(token);
}, 60_000);

afterAll(async () => {
  stream?.close();
  await scm?.stop();
}, 30_000);

describe('the main job on the metrics of this machine', () => {
  let executionId: string;

  it('measures the host and answers what it measured', async () => {
    const value = await waitFor(async () => {
      const { body } = await scm.call('GET', '/prometheus/api/v1/query?query=scm_host_cpu_usage_ratio', { token });
      const [sample] = (body.data as unknown as { result: { value: [number, string] }[] }).result;
      return sample?.value[1];
    });
    expect(Number(value)).toBeGreaterThanOrEqual(0);
    expect(Number(value)).toBeLessThanOrEqual(1);
  });

  it('answers PromQL as its clients ask: in the URL, in a form, and with an empty body of a type', async () => {
    const api = '/prometheus/api/v1';
    const query = 'sum(rate(scm_host_cpu_usage_ratio[1m])) or vector(0)';
    const asks = [
      scm.call('GET', `${api}/query?query=${encodeURIComponent(query)}`, { token }),
      // So vmalert does.
      scm.call('POST', `${api}/query?query=${encodeURIComponent(query)}`, { token, body: '' }),
      scm.call('POST', `${api}/query`, {
        token,
        body: new URLSearchParams({ query }).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
    ];
    for (const { status, body } of await Promise.all(asks)) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ status: 'success', data: { resultType: 'vector', result: [{ metric: {} }] } });
    }
    const format = await scm.call('GET', `${api}/format_query?query=${encodeURIComponent('sum(up)by(job)')}`, {
      token,
    });
    expect(format.body).toEqual({ status: 'success', data: 'sum by (job) (up)' });
    const info = await scm.call('GET', `${api}/status/buildinfo`, { token });
    expect(info.body).toMatchObject({ status: 'success', data: { version: expect.any(String) } });
    const wrong = await scm.call('GET', `${api}/query?query=rate(up)`, { token });
    expect([wrong.status, wrong.body.errorType]).toEqual([400, 'bad_data']);
    const impossible = encodeURIComponent('label_replace(vector(1), "a", "b", "", "(")');
    const refused = await scm.call('GET', `${api}/query?query=${impossible}`, { token });
    expect([refused.status, refused.body.errorType]).toEqual([422, 'execution']);
  });

  it('streams the metrics', async () => {
    await stream.sub(1, 'metrics:host');
    const holds = (ids: unknown) =>
      Array.isArray(ids) && ids.some((id) => String(id).startsWith('scm_host_cpu_usage_ratio'));
    await stream.wait('a frame of metrics', (f) => f.t === 'ev' && f.ch === 'metrics:host' && holds(f.d?.[0]?.ids));
  });

  it('fires a rule, runs the workflow it triggers with all five step kinds, and notifies', async () => {
    expect((await stream.sub(2, 'alerts')).t).toBe('subd');
    expect((await stream.sub(3, 'runs:cpu-pressure-response')).t).toBe('subd');
    const headersOfYaml = { 'content-type': 'application/yaml' };
    const workflow = await scm.call('POST', '/api/v1/workflows', {
      token,
      body: demo('cpu-pressure-response.yaml'),
      headers: headersOfYaml,
    });
    expect(workflow.status).toBe(201);
    const rule = await scm.call('POST', '/api/v1/rules', {
      token,
      body: { ...JSON.parse(demo('rule.json')), for: '1s', expr: 'scm_host_cpu_usage_ratio >= 0' },
    });
    expect(rule.status).toBe(201);

    await stream.wait('the alert', (f) => f.ch === 'alerts' && f.d?.[0]?.change === 'fired');
    const changed = await stream.wait(
      'the end of the execution',
      (f) => f.ch === 'runs:cpu-pressure-response' && f.d?.[0]?.status === 'completed',
    );
    executionId = String(changed.d?.[0]?.executionId);

    const { body } = await scm.call('GET', `/api/v1/executions/${executionId}`, { token });
    const steps = body.steps as unknown as { kind: string; status: string }[];
    expect(steps.map((s) => s.kind).sort()).toEqual(['action', 'analysis', 'decision', 'notification', 'processing']);
    expect(steps.every((s) => s.status === 'completed')).toBe(true);
    expect(body.startedBy).toMatch(/^alert:/);

    const inbox = await waitFor(async () => {
      const { items } = (await scm.call('GET', '/api/v1/notifications?limit=200', { token })).body as unknown as {
        items: { topic: string; title: string }[];
      };
      return (
        items.some((n) => n.title.includes('looked into')) && items.some((n) => n.topic === 'alert.fired') && items
      );
    });
    expect(inbox.length).toBeGreaterThanOrEqual(2);
    const alerts = (await scm.call('GET', '/api/v1/alerts?state=firing', { token })).body.items as unknown as {
      acknowledgedBy?: string;
    }[];
    expect(alerts.some((alert) => alert.acknowledgedBy)).toBe(true);
  }, 60_000);

  it('tells the whole run again to whoever resumes its channel', async () => {
    const late = await scm.stream(token);
    const answer = await late.sub(9, `run:${executionId}`, 'start');
    expect(answer).toMatchObject({ t: 'subd', recovered: true });
    await late.wait('the end', (f) => f.t === 'ev' && f.d?.[0]?.status === 'completed');
    const events = late.frames.filter((f) => f.t === 'ev' && f.ch === `run:${executionId}`);
    events.forEach((event, i) => expect(event.p).toBe(i === 0 ? 0 : events[i - 1]?.s?.at(-1)));
    late.close();
    const again = await scm.stream(token);
    const half = events[Math.floor(events.length / 2)];
    await again.sub(9, `run:${executionId}`, { epoch: answer.epoch, seq: half?.s?.[0] });
    await again.wait('the end', (f) => f.t === 'ev' && f.s?.[0] === events.at(-1)?.s?.[0]);
    expect(again.frames.filter((f) => f.t === 'ev')).toHaveLength(events.length - Math.floor(events.length / 2) - 1);
    again.close();
  });

  it('ends the alert with its rule, and tells that too', async () => {
    const { items } = (await scm.call('GET', '/api/v1/rules', { token })).body as unknown as {
      items: { id: string }[];
    };
    await scm.call('DELETE', `/api/v1/rules/${items[0]?.id}`, { token });
    await stream.wait('the end of the alert', (f) => f.ch === 'alerts' && f.d?.[0]?.change === 'resolved');
    await waitFor(async () => {
      const inbox = (await scm.call('GET', '/api/v1/notifications', { token })).body.items as unknown as {
        topic: string;
      }[];
      return inbox.some((n) => n.topic === 'alert.resolved');
    });
  });
});

describe('other clients', () => {
  it('a plain NATS client logs in, trades its token for a context and queries', async () => {
    const nc = await connect({ servers: scm.mesh.nats.url.replace('nats://test@', ''), token: 'test' });
    const ask = async (subject: string, body: object, context?: string) => {
      const h = headers();
      if (context) h.set('Scm-Context', context);
      return (await nc.request(subject, JSON.stringify(body), { timeout: 5_000, headers: h })).json<
        Record<string, string>
      >();
    };
    const { context } = await ask('scm.rpc.auth.v1.exchange', { credential: token });
    const reply = await ask('scm.rpc.metrics.v1.query', { query: 'scm_host_load1' }, context);
    expect(JSON.stringify(reply)).toContain('scm_host_load1');
    await expect(ask('scm.rpc.metrics.v1.no-such-thing', {}, context)).rejects.toThrow();
    await nc.close();
  });

  it('the official v1 SDK lists and calls the tools in revision 2025-11-25', async () => {
    const client = new LegacyClient({ name: 'spec', version: '1' });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(
      new LegacyTransport(new URL(`${scm.url}/mcp`), { requestInit }) as Parameters<typeof client.connect>[0],
    );
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual(toolNames);
    const overview = await client.callTool({ name: 'system_overview', arguments: {} });
    expect(JSON.stringify(overview.structuredContent)).toContain('scm_host_load1');
    const run = await client.callTool({
      name: 'run_workflow',
      arguments: {
        workflow: 'cpu-pressure-response',
        input: { alertId: '00000000-0000-7000-8000-00000000000f', labels: {} },
        waitSeconds: 20,
      },
    });
    expect(run.structuredContent).toMatchObject({ workflow: 'cpu-pressure-response' });
    const { contents } = await client.readResource({ uri: 'scm://metrics/host' });
    expect(JSON.stringify(contents)).toContain('scm_host_cpu_usage_ratio');
    await client.close();
  }, 40_000);

  it('the official v2 SDK lists and calls the tools in revision 2026-07-28', async () => {
    const client = new ModernClient(
      { name: 'spec', version: '1' },
      { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    );
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new ModernTransport(new URL(`${scm.url}/mcp`), { requestInit }));
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual(toolNames);
    for (const name of ['system_overview', 'list_alerts', 'list_workflows']) {
      const result = await client.callTool({ name, arguments: {} });
      expect(result.isError ?? false).toBe(false);
    }
    const metrics = await client.callTool({ name: 'query_metrics', arguments: { query: 'scm_host_load1' } });
    expect(metrics.structuredContent).toMatchObject({ totalSeries: 1 });
    await client.close();
  });
});
