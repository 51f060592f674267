import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { AlertRule, AlertRulePage } from '@scm/contracts';
import { waitFor } from '@scm/testing';
import { startMetrics, type Metrics, type SeenEvent } from '../testing/metrics-fixture.js';
import { one } from '../testing/samples.js';

// A rule waits for its `for`, and after a kill for the lease of the dead replica.
jest.setTimeout(60_000);

const OTHER = '00000000-0000-7000-8000-0000000000aa';

let metrics: Metrics;

beforeAll(async () => {
  metrics = await startMetrics({ SCM_HOST_COLLECTOR: 'false' });
});

afterAll(async () => {
  await metrics?.stop();
});

interface Alerts {
  data: { alerts: { labels: Record<string, string>; state: string; activeAt: string; value: string }[] };
}

const set = (name: string, value: number, labels: Record<string, string> = {}) =>
  metrics.ask('metrics.v1.ingest', { series: [one(name, value, labels)] });
const create = async (rule: object) => (await metrics.ask<AlertRule>('rules.v1.create', rule)).body;
const alertsOf = async (name: string) =>
  (await metrics.ask<Alerts>('rules.v1.list-alerts', {})).body.data.alerts.filter((a) => a.labels.alertname === name);
const eventsOf = (name: string, kind: 'fired' | 'resolved'): SeenEvent[] =>
  metrics.events.filter(({ subject, payload }) => subject.includes(`alert-${kind}`) && payload.alertName === name);
const fired = (name: string) =>
  waitFor(() => eventsOf(name, 'fired')[0]?.payload, { timeoutMs: 20_000, what: `${name} to fire` });
const resolved = (name: string) => waitFor(() => eventsOf(name, 'resolved')[0]?.payload, { what: `${name} to end` });

describe('rules', () => {
  it('fire after `for`, tell others, and resolve', async () => {
    const annotations = { summary: '{{ $labels.room }}: {{ $value }}' };
    const rule = { alert: 'Hot', expr: 'temperature > 30', for: '2s', labels: { severity: 'page' }, annotations };
    expect(await create(rule)).toMatchObject({ ...rule, state: 'inactive' });
    await set('temperature', 31, { room: 'a' });
    await set('temperature', 29, { room: 'b' });
    const alert = await fired('Hot');
    expect(alert).toMatchObject({
      labels: { room: 'a', severity: 'page', alertname: 'Hot' },
      annotations: { summary: 'a: 31' },
      value: 31,
    });
    const [shown] = await alertsOf('Hot');
    expect(shown).toMatchObject({ state: 'firing', value: '3.1e+01', labels: alert.labels });
    expect(Date.parse(alert.startsAt) - Date.parse(shown?.activeAt ?? '')).toBeGreaterThanOrEqual(2_000);
    await set('temperature', 20, { room: 'a' });
    const end = await resolved('Hot');
    expect(end).toMatchObject({ alertId: alert.alertId, fingerprint: alert.fingerprint, startsAt: alert.startsAt });
    expect(Date.parse(end.endsAt ?? '')).toBeGreaterThan(Date.parse(alert.startsAt));
    expect(await alertsOf('Hot')).toEqual([]);
    expect(eventsOf('Hot', 'fired')).toHaveLength(1);
  });

  it('do not forget over kill -9 how long they have been pending', async () => {
    await create({ alert: 'Slow', expr: 'lag >= 5', for: '8s' });
    await set('lag', 5);
    const [pending] = await waitFor(async () => (await alertsOf('Slow'))[0]?.state === 'pending' && alertsOf('Slow'));
    await metrics.service.kill();
    await metrics.restart();
    const alert = await fired('Slow');
    const [now] = await alertsOf('Slow');
    expect(now).toMatchObject({ state: 'firing', activeAt: pending?.activeAt });
    expect(Date.parse(alert.startsAt) - Date.parse(pending?.activeAt ?? '')).toBeGreaterThanOrEqual(8_000);
  });

  it('stay quiet over a restart while they are firing', async () => {
    expect(await metrics.service.stop()).toBe(0);
    await metrics.restart();
    await set('canary', 1);
    await create({ alert: 'Canary', expr: 'canary > 0' });
    await fired('Canary');
    expect(eventsOf('Slow', 'fired')).toHaveLength(1);
    expect(eventsOf('Slow', 'resolved')).toHaveLength(0);
  });

  it('resolve their alerts when they are removed', async () => {
    const { id } = await create({ alert: 'Gone', expr: 'gone == 1' });
    await set('gone', 1);
    const alert = await fired('Gone');
    expect((await metrics.ask('rules.v1.remove', { id })).status).toBe(200);
    expect((await resolved('Gone')).alertId).toBe(alert.alertId);
    expect((await metrics.ask('rules.v1.remove', { id })).status).toBe(404);
  });

  it('take any condition, also one whose value is infinite', async () => {
    await create({ alert: 'Many', expr: 'sum by (team) (count_over_time(load[5m])) / on(team) none_yet > 0' });
    await create({ alert: 'Share', expr: 'max by (team) (load) / on(team) min by (team) (capacity) > 1' });
    await set('load', 5, { team: 'a', host: 'x' });
    await set('capacity', 0, { team: 'a' });
    expect(await fired('Share')).toMatchObject({ labels: { team: 'a', alertname: 'Share' }, value: Number.MAX_VALUE });
    expect(await alertsOf('Share')).toMatchObject([{ state: 'firing', value: '+Inf' }]);
    for (const { id, alert } of (await metrics.ask<AlertRulePage>('rules.v1.list', {})).body.items) {
      if (alert === 'Many' || alert === 'Share') await metrics.ask('rules.v1.remove', { id });
    }
  });

  it('judge the series of their own workspace only', async () => {
    await set('private', 1);
    await metrics.ask('rules.v1.create', { alert: 'Theirs', expr: 'private > 0' }, { workspaceId: OTHER });
    await create({ alert: 'Ours', expr: 'private > 0' });
    await fired('Ours');
    expect(eventsOf('Theirs', 'fired')).toEqual([]);
    const { items } = (await metrics.ask<AlertRulePage>('rules.v1.list', {}, { workspaceId: OTHER })).body;
    expect(items.map(({ alert }) => alert)).toEqual(['Theirs']);
    const [theirs] = items;
    expect((await metrics.ask('rules.v1.remove', { id: theirs?.id })).status).toBe(404);
  });

  it('are listed in pages and as Prometheus shows them', async () => {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = (await metrics.ask<AlertRulePage>('rules.v1.list', { limit: 2, ...(cursor && { cursor }) })).body;
      names.push(...page.items.map(({ alert }) => alert));
      cursor = page.nextCursor;
    } while (cursor);
    expect(names).toEqual(['Hot', 'Slow', 'Canary', 'Ours']);
    const groups = await metrics.ask('rules.v1.list-groups', {});
    expect(groups.body.data).toMatchObject({
      groups: [
        {
          name: 'default',
          interval: 1,
          rules: [{ name: 'Hot', duration: 2, type: 'alerting', health: 'ok' }, {}, {}, {}],
        },
      ],
    });
  });

  it('are made once for one idempotency key', async () => {
    const rule = { alert: 'Once', expr: 'once > 1' };
    const first = await metrics.ask('rules.v1.create', rule, { idempotencyKey: 'k' });
    expect(await metrics.ask('rules.v1.create', rule, { idempotencyKey: 'k' })).toEqual(first);
  });

  it('say what is wrong when they cannot be judged', async () => {
    await set('twin_a', 1);
    await set('twin_b', 1);
    const { id } = await create({ alert: 'Twins', expr: '{__name__=~"twin_.*"} > 0' });
    const rule = await waitFor(async () => {
      const { items } = (await metrics.ask<AlertRulePage>('rules.v1.list', { limit: 200 })).body;
      return items.find((item) => item.id === id && item.lastError);
    });
    expect(rule.lastError).toContain('same labels');
  });

  it.each([
    [{ alert: 'A', expr: 'm >' }, 'expr'],
    [{ alert: 'A', expr: 'm[5m]' }, 'expr'],
    [{ alert: 'A', expr: 'm > "1"' }, 'expr'],
    [{ alert: 'A b', expr: 'm > 1' }, 'alert'],
    [{ alert: 'A', expr: 'm > 1', for: 'soon' }, 'for'],
    [{ alert: 'A', expr: 'm > 1', for: '1s1m' }, 'for'],
    [{ alert: 'A', expr: 'm > 1', labels: { 'a-b': 'c' } }, 'labels'],
    [{ alert: 'A', expr: 'm > 1', labels: { alertname: 'c' } }, 'labels.alertname'],
    [{ alert: 'A', expr: 'm > 1', labels: { a: 1 } }, 'labels'],
    [{ alert: 'A', expr: 'm > 1', keep_firing_for: '1s1m' }, 'keep_firing_for'],
    [{ alert: 'A', expr: 'm > 1', annotations: { a: '{{ $value | nope }}' } }, 'annotations.a'],
    [{ alert: 'A', expr: 'm > 1', labels: { a: '{{ if }}' } }, 'labels.a'],
    [{ alert: 'A', expr: 'm > 1', more: 1 }, 'more'],
  ])('refuse %j and name the field', async (rule, path) => {
    const answer = await metrics.ask('rules.v1.create', rule);
    expect(answer).toMatchObject({ status: 400, body: { code: 'INVALID_ARGUMENT', details: [{ path }] } });
  });

  it('refuse a cursor that is none', async () => {
    const other = Buffer.from('["x","y"]').toString('base64url');
    for (const cursor of ['x', other]) expect((await metrics.ask('rules.v1.list', { cursor })).status).toBe(400);
  });

  it('put changes and denials on record', async () => {
    expect((await metrics.ask('rules.v1.create', { alert: 'A', expr: 'm > 1' }, { role: 'viewer' })).status).toBe(403);
    const rows = await metrics.mesh.database.query<{ seen: string }>(
      `select distinct outcome || ' ' || coalesce(reason, '') as seen from metrics.audit_events where action = 'rules:write'`,
    );
    expect(rows.map(({ seen }) => seen)).toEqual(expect.arrayContaining(['done ', 'done removed']));
    expect(rows.some(({ seen }) => seen.startsWith('denied'))).toBe(true);
  });
});
