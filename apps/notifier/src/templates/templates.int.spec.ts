import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmailContactApi, NotifyApi, TemplateApi, WebhookApi, type Channel } from '@scm/contracts';
import { waitFor } from '@scm/testing';
import { startNotifierMesh, startReceiver, type NotifierMesh, type Receiver } from '../testing/notifier-mesh.js';
import { startSmtp, type SmtpPeer } from '../testing/smtp-peer.js';

let scm: NotifierMesh;
let smtp: SmtpPeer;
let receiver: Receiver;

beforeAll(async () => {
  [smtp, receiver] = await Promise.all([startSmtp(() => ({})), startReceiver([200])]);
  scm = await startNotifierMesh({
    SCM_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
    SCM_SMTP_FROM: 'scm@example.org',
    SCM_SMTP_TLS: 'never',
  });
});

afterAll(async () => {
  await scm?.stop();
  await Promise.all([smtp?.stop(), receiver?.stop()]);
});

const create = (request: object) => scm.ask(TemplateApi.create, request);
const send = async (request: object) =>
  scm.ask(NotifyApi.send, { key: randomUUID(), title: 'Title', body: 'Body', ...request });
const remove = (channel: Channel, name: string) => scm.ask(TemplateApi.remove, { channel, name });

describe('a template', () => {
  it('words the notifications of its topic in its channel, and the delivery names its version', async () => {
    const hook = (await scm.ask(WebhookApi.create, { url: receiver.url, topics: ['disk'] })).body;
    const contact = (await scm.ask(EmailContactApi.create, { address: 'disk@example.com', topics: ['disk'] })).body;
    await create({ channel: 'inbox', name: 'disk', title: 'Disk: {{ title }}', body: '{{ data.host }} is full' });
    await create({ channel: 'webhook', name: 'disk', body: '{"text": {{ title | json }}}' });
    const html = '<p>{{ data.host }}</p>';
    await create({ channel: 'email', name: 'disk', title: 'Mail: {{ title }}', body: '{{ body }}', html });
    const { body: sent } = await send({ topic: 'disk', data: { host: '<db>' } });
    expect(sent).toMatchObject({ title: 'Disk: Title', body: '<db> is full' });
    for (const { id } of [hook, contact])
      expect(await scm.ended(sent.id, id)).toMatchObject({ state: 'confirmed', template: 'disk@1' });
    expect(receiver.requests.map(({ body }) => body)).toEqual(['{"text": "Title"}']);
    const [mail] = smtp.mails;
    expect(mail?.headers.subject).toEqual(['Mail: Title']);
    expect(mail?.text).toContain('<p>&lt;db&gt;</p>');
    expect((await send({ topic: 'other' })).body).toMatchObject({ title: 'Title', body: 'Body' });
  });

  it('has versions that never change, of which one is active', async () => {
    const ref = { channel: 'inbox', name: 'versions' } as const;
    for (const text of ['one', 'two', 'three']) await create({ ...ref, title: text, body: text });
    const shown = async () => (await send({ topic: 'versions' })).body.title;
    expect(await shown()).toBe('three');
    expect((await scm.ask(TemplateApi.activate, { ...ref, version: 1 })).body).toMatchObject({
      active: true,
      version: 1,
    });
    expect(await shown()).toBe('one');
    const { items, nextCursor } = (await scm.ask(TemplateApi.listVersions, { ...ref, limit: 2 })).body;
    expect(items.map(({ version, active }) => [version, active])).toEqual([
      [3, false],
      [2, false],
    ]);
    const rest = (await scm.ask(TemplateApi.listVersions, { ...ref, limit: 2, cursor: nextCursor })).body;
    expect(rest).toMatchObject({ items: [{ version: 1, active: true, title: 'one', createdBy: 'ann' }] });
    expect((await scm.ask(TemplateApi.activate, { ...ref, version: 9 })).status).toBe(404);
  });

  it('gives way to the built-in one when it is removed, and numbers go on', async () => {
    const ref = { channel: 'email', name: 'default' } as const;
    expect((await scm.ask(TemplateApi.get, ref)).body).toMatchObject({ version: 0, active: true });
    await create({ ...ref, title: 'own', body: 'own' });
    expect((await scm.ask(TemplateApi.get, ref)).body).toMatchObject({ version: 1, active: true, title: 'own' });
    expect((await scm.ask(TemplateApi.get, { ...ref, version: 0 })).body).toMatchObject({ active: false });
    expect((await remove('email', 'default')).status).toBe(200);
    expect((await remove('email', 'default')).status).toBe(404);
    expect((await scm.ask(TemplateApi.get, ref)).body).toMatchObject({ version: 0, active: true });
    expect((await scm.ask(TemplateApi.get, { ...ref, version: 1 })).body).toMatchObject({
      title: 'own',
      active: false,
    });
    expect((await create({ ...ref, title: 'own', body: 'own' })).body).toMatchObject({ version: 2 });
    await remove('email', 'default');
  });

  it('is asked for by its name', async () => {
    await create({ channel: 'inbox', name: 'asked', title: 'Asked: {{ title }}', body: '{{ body }}' });
    expect((await send({ template: 'asked' })).body).toMatchObject({ title: 'Asked: Title' });
    const { status, body } = await send({ template: 'unknown' });
    expect([status, body]).toMatchObject([400, { details: [{ path: 'template' }] }]);
  });

  it('that fails lets nobody wait: the built-in one stands in, and the delivery says why', async () => {
    const hook = (await scm.ask(WebhookApi.create, { url: receiver.url, topics: ['broken'] })).body;
    await create({ channel: 'webhook', name: 'broken', body: '{"text": {{ title }}}' });
    await create({
      channel: 'inbox',
      name: 'broken',
      title: '{{ title }}',
      body: '{% for i in (1..99999999) %}{% endfor %}',
    });
    const { body: sent } = await send({ topic: 'broken' });
    expect(sent).toMatchObject({ title: 'Title', body: 'Body' });
    const inbox = sent.deliveries?.find(({ channel }) => channel === 'inbox');
    expect(inbox?.reason).toMatch(/built-in template stood in for broken@1: body: line 1/);
    const delivery = await scm.ended(sent.id, hook.id);
    expect(delivery).toMatchObject({ state: 'confirmed', attempts: 1 });
    expect(delivery.reason).toMatch(/built-in template stood in for broken@1: body: gives no JSON/);
    expect(JSON.parse(receiver.requests.at(-1)?.body ?? '')).toMatchObject({
      type: 'broken',
      data: { title: 'Title' },
    });
  });

  it('words alerts', async () => {
    await create({
      channel: 'inbox',
      name: 'alert.fired',
      title: '{{ data.alert.name }}!',
      body: '{{ data.alert.value }}',
    });
    await scm.publish('alertFired', randomUUID());
    const listed = await waitFor(async () =>
      (await scm.ask(NotifyApi.list, {})).body.items.find(({ topic }) => topic === 'alert.fired'),
    );
    expect(listed).toMatchObject({ title: 'HighCpu!', body: '0.9' });
  });

  it('belongs to its workspace, and may be read but not made by a viewer', async () => {
    const elsewhere = { in: randomUUID() };
    const ref = { channel: 'inbox', name: 'mine' } as const;
    await create({ ...ref, title: 'mine', body: 'mine' });
    expect((await scm.ask(TemplateApi.list, {}, elsewhere)).body.items).toEqual([]);
    expect((await scm.ask(TemplateApi.get, ref, elsewhere)).status).toBe(404);
    expect((await scm.ask(TemplateApi.get, ref, { role: 'viewer' })).status).toBe(200);
    expect((await scm.ask(TemplateApi.create, { ...ref, title: 'x', body: 'x' }, { role: 'viewer' })).status).toBe(403);
  });

  it('is listed in pages', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = (await scm.ask(TemplateApi.list, { limit: 2, ...(cursor && { cursor }) })).body;
      seen.push(...page.items.map(({ channel, name }) => `${channel}/${name}`));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual([...new Set(seen)]);
    expect(seen).toEqual(expect.arrayContaining(['email/disk', 'inbox/versions', 'webhook/disk']));
    expect(seen).not.toContain('email/default');
  });
});

describe('what is refused', () => {
  it.each([
    ['html', { channel: 'inbox', name: 'x', title: 'x', body: 'x', html: 'x' }],
    ['title', { channel: 'webhook', name: 'x', title: 'x', body: '{}' }],
    ['title', { channel: 'email', name: 'x', body: 'x' }],
    ['body', { channel: 'inbox', name: 'x', title: 'x', body: '{{ x' }],
    ['html', { channel: 'email', name: 'x', title: 'x', body: 'x', html: '{% nothing %}' }],
    ['name', { channel: 'inbox', name: '../x', title: 'x', body: 'x' }],
    ['channel', { channel: 'pigeon', name: 'x', title: 'x', body: 'x' }],
    ['body', { channel: 'inbox', name: 'x', title: 'x', body: 'x'.repeat(65_537) }],
  ])('names %s', async (path, request) => {
    const { status, body } = await create(request);
    expect([status, body]).toMatchObject([400, { details: [{ path }] }]);
  });

  it('has its line and column', async () => {
    const { body } = await create({ channel: 'inbox', name: 'x', title: 'x', body: 'a\nb {% if %}' });
    expect(JSON.stringify(body)).toMatch(/body: line 2, column 8/);
  });
});

describe('a preview', () => {
  it('shows a template with the sample or with what is given, and keeps nothing', async () => {
    const content = {
      channel: 'email',
      title: '{{ title }}',
      body: '{{ body }}',
      html: '<i>{{ data.who }}</i>',
    } as const;
    const sample = (await scm.ask(TemplateApi.preview, content)).body;
    expect(sample).toEqual({ title: 'Firing: HostBusy', body: 'Load 7.5 on web-1', html: '<i></i>' });
    const notification = { title: 'Given', data: { who: '<me>' } };
    const given = (await scm.ask(TemplateApi.preview, { ...content, notification })).body;
    expect(given).toEqual({ title: 'Given', body: 'Load 7.5 on web-1', html: '<i>&lt;me&gt;</i>' });
    const { items } = (await scm.ask(TemplateApi.list, { limit: 200 })).body;
    expect(items.some(({ name }) => name === 'x')).toBe(false);
  });

  it('shows the built-in payload of webhooks, and says when a webhook would get no JSON', async () => {
    const payload = (await scm.ask(TemplateApi.preview, { channel: 'webhook', body: '{{ payload | json }}' })).body;
    expect(JSON.parse(payload.body)).toMatchObject({ type: 'alert.fired', data: { alert: { name: 'HostBusy' } } });
    const { status, body } = await scm.ask(TemplateApi.preview, { channel: 'webhook', body: '{{ title }}' });
    expect([status, body]).toMatchObject([400, { details: [{ path: 'body' }] }]);
  });
});
