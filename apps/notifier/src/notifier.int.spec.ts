import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { jetstream } from '@nats-io/jetstream';
import {
  AlertApi,
  EmailContactApi,
  NotifyApi,
  TemplateApi,
  WebhookApi,
  type Alert,
  type Notification,
  type RpcContract,
} from '@scm/contracts';
import { schemaDrift } from '@scm/database';
import { waitFor } from '@scm/testing';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { database } from './database.js';
import { startNotifierMesh, startReceiver, type NotifierMesh } from './testing/notifier-mesh.js';

const other = randomUUID();

let scm: NotifierMesh;
const ask: NotifierMesh['ask'] = (...asked) => scm.ask(...asked);
const publish: NotifierMesh['publish'] = (...told) => scm.publish(...told);
const ended: NotifierMesh['ended'] = (...ids) => scm.ended(...ids);
const inbox = async () => (await ask(NotifyApi.list, { limit: 200 })).body.items;
const titled = (title: string) => waitFor(async () => (await inbox()).find((n) => n.title === title), { what: title });

beforeAll(async () => {
  scm = await startNotifierMesh();
});

afterAll(async () => {
  await scm?.stop();
});

describe('alerts', () => {
  it('tells once that an alert fires and that it has ended, however often the events come', async () => {
    const id = randomUUID();
    for (let i = 0; i < 3; i++) await publish('alertFired', id);
    await titled('Firing: HighCpu');
    for (let i = 0; i < 2; i++) await publish('alertResolved', id);
    await titled('Resolved: HighCpu');
    const mine = (await inbox()).filter((n) => (n.data.alert as Alert).id === id);
    expect(mine).toHaveLength(2);
    expect((await ask(AlertApi.get, { id })).body).toMatchObject({
      state: 'resolved',
      name: 'HighCpu',
      silencedBy: [],
    });
  });

  it('does not open an alert again whose end came before its begin', async () => {
    const id = randomUUID();
    await publish('alertResolved', id);
    await publish('alertFired', id);
    await waitFor(async () => (await ask(AlertApi.get, { id })).body.state === 'resolved');
    await publish('alertFired', randomUUID(), { mark: 'later' });
    await waitFor(async () => (await ask(AlertApi.list, {})).body.items.some((a) => a.labels.mark === 'later'));
    expect((await ask(AlertApi.get, { id })).body.state).toBe('resolved');
  });

  it('acknowledges a firing alert once, and none that has ended', async () => {
    const id = randomUUID();
    await publish('alertFired', id);
    await waitFor(async () => (await ask(AlertApi.get, { id })).status === 200);
    expect((await ask(AlertApi.acknowledge, { id }, { role: 'viewer' })).status).toBe(403);
    expect((await ask(AlertApi.acknowledge, { id })).body).toMatchObject({ acknowledgedBy: 'ann' });
    await publish('alertResolved', id);
    await waitFor(async () => (await ask(AlertApi.get, { id })).body.state === 'resolved');
    expect((await ask(AlertApi.acknowledge, { id })).status).toBe(409);
    expect((await ask(AlertApi.acknowledge, { id: randomUUID() })).status).toBe(404);
  });

  it('tells nothing of a silenced alert, and says which silence mutes it', async () => {
    const endsAt = new Date(Date.now() + 60_000).toISOString();
    const silence = (await ask(AlertApi.createSilence, { matchers: { team: 'quiet' }, endsAt, comment: 'maintenance' }))
      .body;
    expect(silence.state).toBe('active');
    const id = randomUUID();
    await publish('alertFired', id, { team: 'quiet' });
    const alert = await waitFor(async () => {
      const answer = await ask(AlertApi.get, { id });
      return answer.status === 200 && answer.body;
    });
    expect(alert.silencedBy).toEqual([silence.id]);
    expect((await inbox()).some((n) => (n.data.alert as Alert | undefined)?.id === id)).toBe(false);
    await ask(AlertApi.expireSilence, { id: silence.id });
    expect((await ask(AlertApi.get, { id })).body.silencedBy).toEqual([]);
  });

  it.each([
    ['no matchers', { matchers: {}, endsAt: '2999-01-01T00:00:00Z', comment: 'x' }],
    ['an end in the past', { matchers: { a: 'b' }, endsAt: '2020-01-01T00:00:00Z', comment: 'x' }],
    ['a matcher that is no text', { matchers: { a: 1 }, endsAt: '2999-01-01T00:00:00Z', comment: 'x' }],
  ])('refuses a silence with %s', async (_, request) => {
    expect((await ask(AlertApi.createSilence, request)).status).toBe(400);
  });

  it('publishes every change of an alert to its stream', async () => {
    const jsm = await jetstream(scm.nc).jetstreamManager();
    const { state } = await jsm.streams.info('ALERT_EVENTS');
    expect(state.messages).toBeGreaterThan(5);
  });
});

describe('webhooks', () => {
  it('delivers signed, retries what fails and confirms', async () => {
    const receiver = await startReceiver([500, 503, 200]);
    const hook = (await ask(WebhookApi.create, { url: receiver.url, topics: ['deploy.*'] })).body;
    const sent = (await ask(NotifyApi.send, { key: randomUUID(), topic: 'deploy.done', title: 'Deployed', body: 'v2' }))
      .body;
    const delivery = await ended(sent.id, hook.id);
    expect(delivery).toMatchObject({ state: 'confirmed', attempts: 3 });
    expect(receiver.requests).toHaveLength(3);
    for (const { body, headers: h } of receiver.requests) {
      expect(new StandardWebhook(hook.secret).verify(body, h)).toMatchObject({
        type: 'deploy.done',
        data: { title: 'Deployed' },
      });
      expect(h['webhook-id']).toBe(sent.id);
    }
    await receiver.stop();
  });

  it('dead-letters with the reason when every try failed, and disables a webhook that is gone', async () => {
    const [failing, gone] = await Promise.all([startReceiver([500]), startReceiver([410])]);
    const hooks = await Promise.all(
      [failing, gone].map(async ({ url }, i) => (await ask(WebhookApi.create, { url, topics: [`t${i}`] })).body),
    );
    const sent = await Promise.all(
      [0, 1].map(async (i) => (await ask(NotifyApi.send, { key: randomUUID(), topic: `t${i}`, title: 'x' })).body),
    );
    expect(await ended(sent[0]?.id, hooks[0]?.id)).toMatchObject({
      state: 'dead-lettered',
      attempts: 4,
      reason: 'the target answered 500',
    });
    expect(await ended(sent[1]?.id, hooks[1]?.id)).toMatchObject({ state: 'dead-lettered', attempts: 1 });
    const listed = (await ask(WebhookApi.list, { limit: 200 })).body.items;
    expect(listed.find((w) => w.id === hooks[1]?.id)?.enabled).toBe(false);
    await Promise.all([failing.stop(), gone.stop()]);
  });

  it('sends a test to one webhook alone', async () => {
    const receiver = await startReceiver([200]);
    const hook = (await ask(WebhookApi.create, { url: receiver.url, topics: ['never'] })).body;
    const { body } = await ask(WebhookApi.test, { id: hook.id });
    expect(await ended(body.id, hook.id)).toMatchObject({ state: 'confirmed', template: 'default@0' });
    expect(JSON.parse(receiver.requests[0]?.body ?? '')).toMatchObject({ type: 'test', data: { severity: 'info' } });
    expect((await ask(WebhookApi.test, { id: randomUUID() })).status).toBe(404);
    await receiver.stop();
  });

  it('refuses private addresses that are not allowed', async () => {
    const hook = (await ask(WebhookApi.create, { url: 'http://169.254.169.254/latest', topics: ['meta'] })).body;
    const sent = (await ask(NotifyApi.send, { key: randomUUID(), topic: 'meta', title: 'x' })).body;
    expect(await ended(sent.id, hook.id)).toMatchObject({ state: 'dead-lettered', attempts: 1 });
  });

  it('does not count a try that its own stop broke off', async () => {
    const receiver = await startReceiver([500, 500, 500, 200], 700);
    try {
      const hook = (await ask(WebhookApi.create, { url: receiver.url, topics: ['stop'] })).body;
      const sent = (await ask(NotifyApi.send, { key: randomUUID(), topic: 'stop', title: 'x' })).body;
      await waitFor(() => receiver.requests.length === 4, { what: 'the last try' });
      await scm.restart();
      expect(await ended(sent.id, hook.id)).toMatchObject({ state: 'confirmed', attempts: 4 });
    } finally {
      await receiver.stop();
    }
  });

  it('delays no other target while one does not answer', async () => {
    const silent = await startReceiver([200], Infinity);
    const prompt = await startReceiver([200]);
    try {
      const held = (await ask(WebhookApi.create, { url: silent.url, topics: ['silent'] })).body;
      const hook = (await ask(WebhookApi.create, { url: prompt.url, topics: ['prompt'] })).body;
      const notify = async (topic: string) =>
        (await ask(NotifyApi.send, { key: randomUUID(), topic, title: 'x' })).body;
      for (let i = 0; i < 40; i++) await notify('silent');
      await waitFor(() => silent.requests.length > 0);
      const sent = await notify('prompt');
      expect(await ended(sent.id, hook.id)).toMatchObject({ state: 'confirmed', attempts: 1 });
      await ask(WebhookApi.remove, { id: held.id });
    } finally {
      await Promise.all([silent.stop(), prompt.stop()]);
    }
  });

  it('holds a delivery as long as its try lasts', async () => {
    const silent = await startReceiver([200], Infinity);
    const hook = (await ask(WebhookApi.create, { url: silent.url, topics: ['lasting'] })).body;
    const sent = (await ask(NotifyApi.send, { key: randomUUID(), topic: 'lasting', title: 'x' })).body;
    await waitFor(() => silent.requests.length > 0);
    const heldUntil = async () => {
      const [row] = await scm.mesh.database.query<{ locked_until: Date }>(
        `select locked_until from notify.deliveries where notification_id = $1 and channel = 'webhook'`,
        [sent.id],
      );
      return row?.locked_until.getTime() ?? 0;
    };
    const first = await heldUntil();
    await waitFor(async () => (await heldUntil()) > first, { what: 'the hold to be renewed' });
    await ask(WebhookApi.remove, { id: hook.id });
    await silent.stop();
  });

  it('delivers what was accepted although the service was killed', async () => {
    const receiver = await startReceiver([200], 300);
    const hook = (await ask(WebhookApi.create, { url: receiver.url, topics: ['kill'] })).body;
    const sent = await Promise.all(
      Array.from(
        { length: 20 },
        async () => (await ask(NotifyApi.send, { key: randomUUID(), topic: 'kill', title: 'x' })).body,
      ),
    );
    await waitFor(() => receiver.requests.length > 0);
    const release = `update notify.deliveries set locked_until = now() where state = 'sending'`;
    await scm.restart({ kill: true, meanwhile: async () => void (await scm.mesh.database.query(release)) });
    for (const { id } of sent) expect((await ended(id, hook.id)).state).toBe('confirmed');
    expect(new Set(receiver.requests.map((r) => r.headers['webhook-id'])).size).toBe(20);
    await receiver.stop();
  }, 30_000);
});

describe('e-mail', () => {
  it('is refused, with the setting that is missing, where no SMTP server is set', async () => {
    const { status, body } = await ask(EmailContactApi.create, { address: 'ops@example.com' });
    const message = expect.stringContaining('SCM_SMTP_URL') as unknown;
    expect([status, body]).toMatchObject([409, { code: 'FAILED_PRECONDITION', message }]);
  });
});

describe('notifications', () => {
  it('takes the same key as the same notification', async () => {
    const request = { key: 'same', title: 'once' };
    const [first, second] = [
      await ask(NotifyApi.send, request),
      await ask(NotifyApi.send, { ...request, title: 'twice' }),
    ];
    expect(second.body.id).toBe(first.body.id);
    expect(second.body.title).toBe('once');
  });

  it('marks as read and shows unread ones', async () => {
    const { id } = (await ask(NotifyApi.send, { key: randomUUID(), title: 'read me' })).body;
    expect((await ask(NotifyApi.markRead, { id })).body.readAt).toBeDefined();
    const unread = (await ask(NotifyApi.list, { unread: 'true', limit: 200 })).body.items;
    expect(unread.some((n: Notification) => n.id === id)).toBe(false);
  });

  it('shows another workspace nothing', async () => {
    const { id } = (await ask(NotifyApi.send, { key: randomUUID(), title: 'mine' })).body;
    expect((await ask(NotifyApi.get, { id }, { in: other })).status).toBe(404);
    for (const contract of [
      NotifyApi.list,
      NotifyApi.listDeliveries,
      WebhookApi.list,
      EmailContactApi.list,
      TemplateApi.list,
      AlertApi.list,
      AlertApi.listSilences,
    ]) {
      expect((await ask(contract as RpcContract<object, { items: unknown[] }>, {}, { in: other })).body.items).toEqual(
        [],
      );
    }
  });

  it('pages through everything without a repeat', async () => {
    const all = (await inbox()).map((n) => n.id);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = (await ask(NotifyApi.list, { limit: 7, ...(cursor && { cursor }) })).body;
      seen.push(...page.items.map((n) => n.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(all);
  });

  it('has migrations that make what the entities say', async () => {
    expect(await schemaDrift(database, scm.mesh.database.url)).toEqual([]);
  });
});
