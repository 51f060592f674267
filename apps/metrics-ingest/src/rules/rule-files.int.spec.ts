import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RuleFile, RuleFilePage } from '@scm/contracts';
import { waitFor, type TestService } from '@scm/testing';
import { startMetrics, type Metrics } from '../testing/metrics-fixture.js';
import { one, type VectorReply } from '../testing/samples.js';

jest.setTimeout(60_000);

const OTHER = '00000000-0000-7000-8000-0000000000aa';
const env = { SCM_HOST_COLLECTOR: 'false' };

let metrics: Metrics;
let others: TestService[];

beforeAll(async () => {
  metrics = await startMetrics(env);
  others = await Promise.all([metrics.mesh.start('metrics-ingest', env), metrics.mesh.start('metrics-ingest', env)]);
});

afterAll(async () => {
  await metrics?.stop();
});

const put = (name: string, document: unknown) => metrics.ask<RuleFile>('rule-file.v1.put', { name, document });
const set = (name: string, value: number, labels: Record<string, string> = {}) =>
  metrics.ask('metrics.v1.ingest', { series: [one(name, value, labels)] });
const values = async (query: string) => {
  const { body } = await metrics.ask<VectorReply>('metrics.v1.query', { query });
  return body.data.result.map(({ metric, value: [, text] }) => [metric, text] as const);
};
const eventsOf = (name: string, kind: 'fired' | 'resolved') =>
  metrics.events.filter(({ subject, payload }) => subject.includes(`alert-${kind}`) && payload.alertName === name);

const load = (more = '') => `
groups:
  - name: load
    interval: 1s
    rules:
      - record: room:load:sum
        expr: sum by (room) (load)
        labels: { source: rules }
      - alert: Loaded
        expr: room:load:sum > 10
        keep_firing_for: 3s
        labels: { severity: page }
        annotations: { summary: '{{ $labels.room }} has {{ $value | humanize }}{{ with query "count(load)" }} of {{ . | first | value }}{{ end }}' }
${more}`;

describe('rule files', () => {
  it('record, alert on what was recorded, and end with markers, by three replicas with one voice', async () => {
    expect((await put('load', load())).body).toMatchObject({ name: 'load', groups: 1, rules: 2 });
    await set('load', 1, { room: 'b', rack: '1' });
    await set('load', 5, { room: 'a', rack: '1' });
    await set('load', 7, { room: 'a', rack: '2' });
    const fired = await waitFor(() => eventsOf('Loaded', 'fired')[0]?.payload, { timeoutMs: 20_000 });
    expect(fired).toMatchObject({
      labels: { alertname: 'Loaded', room: 'a', severity: 'page', source: 'rules' },
      annotations: { summary: 'a has 12 of 3' },
      value: 12,
    });
    const shown = {
      __name__: 'ALERTS',
      alertname: 'Loaded',
      alertstate: 'firing',
      room: 'a',
      severity: 'page',
      source: 'rules',
    };
    await waitFor(async () => (await values('ALERTS')).length > 0, { what: 'ALERTS' });
    expect(await values('ALERTS{alertstate="firing"}')).toEqual([[shown, '1']]);
    const [since] = await values('ALERTS_FOR_STATE');
    expect(Number(since?.[1]) * 1_000).toBeLessThanOrEqual(Date.parse(fired.startsAt));
    expect(await values('room:load:sum{room="b"}')).toEqual([
      [{ __name__: 'room:load:sum', room: 'b', source: 'rules' }, '1'],
    ]);

    await set('load', 0, { room: 'a', rack: '1' });
    const resolved = await waitFor(() => eventsOf('Loaded', 'resolved')[0]?.payload, { timeoutMs: 20_000 });
    expect(resolved.alertId).toBe(fired.alertId);
    expect(eventsOf('Loaded', 'fired')).toHaveLength(1);
  });

  it('go on where they were over kill -9, whichever replica it takes', async () => {
    await put('long', {
      groups: [{ name: 'g', interval: '1s', rules: [{ alert: 'Long', expr: 'long > 0', for: '6s' }] }],
    });
    await set('long', 1);
    const alerts = () =>
      metrics.ask<{ data: { alerts: { labels: object; activeAt: string }[] } }>('rules.v1.list-alerts', {});
    const activeAt = async () =>
      (await alerts()).body.data.alerts.find(({ labels }) => 'alertname' in labels && labels.alertname === 'Long')
        ?.activeAt;
    const before = await waitFor(activeAt, { what: 'Long to be pending' });
    await Promise.all(others.map((replica) => replica.kill()));
    const fired = await waitFor(() => eventsOf('Long', 'fired')[0]?.payload, { timeoutMs: 30_000 });
    expect(await activeAt()).toBe(before);
    expect(Date.parse(fired.startsAt) - Date.parse(before)).toBeGreaterThanOrEqual(6_000);
  });

  it('keep the state of rules that stay, and resolve those of rules that go', async () => {
    const rule = (expr: string) => ({ alert: 'Stays', expr });
    const file = (...rules: object[]) => ({ groups: [{ name: 'g', interval: '1s', rules }] });
    await put('change', file(rule('changes > 0'), { alert: 'Goes', expr: 'changes > 0' }));
    await set('changes', 1);
    await waitFor(() => eventsOf('Stays', 'fired')[0] && eventsOf('Goes', 'fired')[0], { timeoutMs: 20_000 });
    await put('change', file({ record: 'changed', expr: 'changes' }, rule('changes >= 1')));
    await waitFor(() => eventsOf('Goes', 'resolved')[0], { timeoutMs: 20_000 });
    await waitFor(async () => (await values('changed')).length > 0, { what: 'the new rule' });
    expect([eventsOf('Stays', 'fired').length, eventsOf('Stays', 'resolved').length]).toEqual([1, 0]);
    expect((await metrics.ask('rule-file.v1.remove', { name: 'change' })).status).toBe(200);
    await waitFor(() => eventsOf('Stays', 'resolved')[0], { timeoutMs: 20_000 });
    expect((await metrics.ask('rule-file.v1.remove', { name: 'change' })).status).toBe(404);
  });

  it('are listed in pages, shown with their document, and are of their workspace alone', async () => {
    const names: string[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = (await metrics.ask<RuleFilePage>('rule-file.v1.list', { limit: 1, ...(cursor && { cursor }) })).body;
      names.push(...page.items.map(({ name }) => name));
      cursor = page.nextCursor;
      more = cursor !== undefined;
    }
    expect(names).toEqual(['load', 'long']);
    const { document } = (await metrics.ask<RuleFile>('rule-file.v1.get', { name: 'load' })).body;
    expect(document).toMatchObject({
      groups: [{ name: 'load', rules: [{ record: 'room:load:sum' }, { alert: 'Loaded' }] }],
    });
    for (const verb of ['get', 'remove']) {
      expect((await metrics.ask(`rule-file.v1.${verb}`, { name: 'load' }, { workspaceId: OTHER })).status).toBe(404);
    }
    const groups = (await metrics.ask<{ data: { groups: object[] } }>('rules.v1.list-groups', {})).body.data.groups;
    expect(groups).toEqual([
      expect.objectContaining({
        name: 'load',
        file: 'load',
        interval: 1,
        rules: [
          expect.objectContaining({ type: 'recording', name: 'room:load:sum', health: 'ok' }),
          expect.objectContaining({ type: 'alerting', name: 'Loaded', keepFiringFor: 3 }),
        ],
      }),
      expect.objectContaining({ name: 'g', file: 'long' }),
    ]);
  });

  it('say what is wrong with a rule while the others go on', async () => {
    const rules = [
      { record: 'twins', expr: 'label_replace(twin, "n", "", "", "")' },
      { record: 'well', expr: 'count(twin)' },
    ];
    await put('twins', { groups: [{ name: 'g', interval: '1s', rules }] });
    await set('twin', 1, { n: '1' });
    await set('twin', 1, { n: '2' });
    await waitFor(async () => (await values('well'))[0]?.[1] === '2', { what: 'the rule after the one with a fault' });
    const shown = (
      await metrics.ask<{ data: { groups: { file: string; rules: object[] }[] } }>('rules.v1.list-groups', {})
    ).body;
    const { rules: of } = shown.data.groups.find(({ file }) => file === 'twins') ?? { rules: [] };
    expect(of).toMatchObject([{ health: 'err', lastError: expect.stringContaining('same label') }, { health: 'ok' }]);
  });

  it('change again and again while they are evaluated', async () => {
    const file = (n: number) => ({
      groups: [1, 2, 3].map((g) => ({
        name: `g${g}`,
        interval: '1s',
        rules: [{ alert: `Change${n % 7}`, expr: 'vector(1)', labels: { n: String(n % 5) } }],
      })),
    });
    const until = Date.now() + 3_000;
    const statuses = new Set<number>();
    const change = async (name: string) => {
      for (let n = 0; Date.now() < until; n++) statuses.add((await put(name, file(n))).status);
    };
    await Promise.all(['busy1', 'busy2', 'busy3', 'busy4'].map(change));
    expect([...statuses]).toEqual([200]);
    for (const name of ['busy1', 'busy2', 'busy3', 'busy4']) await metrics.ask('rule-file.v1.remove', { name });
  });

  it('are refused with the path of what is wrong', async () => {
    expect(await put('bad', load('      - { alert: Bad, expr: "sum(" }'))).toMatchObject({
      status: 400,
      body: { code: 'INVALID_ARGUMENT', details: [{ path: 'document.groups.0.rules.2.expr' }] },
    });
    expect((await metrics.ask('rule-file.v1.get', { name: 'bad' })).status).toBe(404);
  });
});
