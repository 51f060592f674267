import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmailContactApi, NotifyApi, WebhookApi, type EmailContact } from '@scm/contracts';
import { makeFolder, skipUnless, waitFor } from '@scm/testing';
import { startNotifierMesh, startReceiver, type NotifierMesh } from '../testing/notifier-mesh.js';
import { startSmtp, type Behaviour, type SmtpPeer } from '../testing/smtp-peer.js';

const behaviours: Record<string, ReturnType<Behaviour>> = {
  'later@example.com': { codes: [451, 452, 250] },
  'never@example.com': { codes: [451] },
  'nobody@example.com': { codes: [550] },
};

let scm: NotifierMesh;
let smtp: SmtpPeer;

beforeAll(async () => {
  smtp = await startSmtp((address) => behaviours[address] ?? {});
  // Nothing private is allowed to webhooks: the operator's own server is trusted without it.
  scm = await startNotifierMesh({
    SCM_EGRESS_ALLOW: '',
    SCM_SMTP_URL: `smtp://127.0.0.1:${smtp.port}`,
    SCM_SMTP_FROM: 'SCM <scm@example.org>',
    SCM_SMTP_TLS: 'never',
  });
});

afterAll(async () => {
  await scm?.stop();
  await smtp?.stop();
});

async function contact(address: string, topics: string[]): Promise<EmailContact> {
  return (await scm.ask(EmailContactApi.create, { address, topics })).body;
}

async function send(topic: string, more: object = {}): Promise<string> {
  return (await scm.ask(NotifyApi.send, { key: randomUUID(), topic, title: 'Title', ...more })).body.id;
}

const mailsTo = (address: string) => smtp.mails.filter(({ to }) => to.includes(address));

describe('an e-mail', () => {
  it('has a text and an HTML part, and says that a machine wrote it', async () => {
    const { id } = await contact('ops@example.com', ['alert.*']);
    await scm.publish('alertFired', randomUUID(), { instance: '<web-1>' });
    const mail = await waitFor(() => mailsTo('ops@example.com')[0], { what: 'the mail' });
    expect(mail.to).toEqual(['ops@example.com']);
    expect(mail.headers).toMatchObject({
      from: ['SCM <scm@example.org>'],
      to: ['ops@example.com'],
      subject: ['Firing: HighCpu'],
      'auto-submitted': ['auto-generated'],
    });
    expect(mail.text).toMatch(/Content-Type: text\/plain[\s\S]*instance: <web-1>/);
    expect(mail.text).toMatch(/Content-Type: text\/html[\s\S]*&lt;web-1&gt;/);
    const [told] = (await scm.ask(NotifyApi.list, {})).body.items;
    expect(await scm.ended(told?.id, id)).toMatchObject({ state: 'confirmed', attempts: 1, template: 'default@0' });
  });

  it('is tried again after a 4xx, each time as the same message', async () => {
    const { id } = await contact('later@example.com', ['later']);
    const sent = await send('later');
    const delivery = await scm.ended(sent, id);
    expect(delivery).toMatchObject({ state: 'confirmed', attempts: 3, channel: 'email' });
    expect(smtp.tries('later@example.com')).toBe(3);
    expect(mailsTo('later@example.com').map(({ headers }) => headers['message-id'])).toEqual([
      [`<${delivery.id}@example.org>`],
    ]);
  });

  it('is dead-lettered with the reason after the last try, and at once after a 5xx', async () => {
    const [never, nobody] = [await contact('never@example.com', ['end']), await contact('nobody@example.com', ['end'])];
    const sent = await send('end');
    const [late, soon] = [await scm.ended(sent, never.id), await scm.ended(sent, nobody.id)];
    expect(late).toMatchObject({
      state: 'dead-lettered',
      attempts: 4,
      reason: expect.stringContaining('451') as unknown,
    });
    expect(soon).toMatchObject({
      state: 'dead-lettered',
      attempts: 1,
      reason: expect.stringContaining('550') as unknown,
    });
  });

  it('has no header and no recipient that its title asks for', async () => {
    const { id } = await contact('safe@example.com', ['safe']);
    const title = 'Hello\r\nBcc: victim@example.com\r\n\r\nand\u0007more';
    await scm.ended(await send('safe', { title, body: '.\r\nQUIT\r\n' }), id);
    const [mail] = mailsTo('safe@example.com');
    expect(mail?.to).toEqual(['safe@example.com']);
    expect(mail?.headers.bcc).toBeUndefined();
    expect(mail?.headers.subject).toEqual([expect.stringContaining('Bcc: victim@example.com')]);
    expect(mailsTo('victim@example.com')).toEqual([]);
  });

  it('goes to the one contact that is tested', async () => {
    const { id } = await contact('tested@example.com', ['never']);
    const { status, body } = await scm.ask(EmailContactApi.test, { id });
    expect([status, body.topic]).toEqual([200, 'test']);
    expect(await scm.ended(body.id, id)).toMatchObject({ state: 'confirmed' });
    expect(mailsTo('tested@example.com')).toHaveLength(1);
    expect((await scm.ask(NotifyApi.list, {})).body.items.some((n) => n.id === body.id)).toBe(false);
    expect((await scm.ask(EmailContactApi.test, { id: randomUUID() })).status).toBe(404);
  });
});

describe('a contact', () => {
  it.each([
    'ops',
    'ops@',
    '@example.com',
    'ops@example.com, eve@example.com',
    'Ops <ops@example.com>',
    'ops@example.com\r\nBcc: eve@example.com',
    'ops@127.0.0.1',
    `${'a'.repeat(300)}@example.com`,
  ])('is not %j', async (address) => {
    const { status, body } = await scm.ask(EmailContactApi.create, { address });
    expect([status, body]).toMatchObject([400, { details: [{ path: 'address' }] }]);
  });

  it('is listed, belongs to its workspace and gets nothing once it is removed', async () => {
    const { id } = await contact('gone@example.com', ['gone']);
    expect((await scm.ask(EmailContactApi.list, { limit: 200 })).body.items.some((c) => c.id === id)).toBe(true);
    const elsewhere = { in: randomUUID() };
    expect((await scm.ask(EmailContactApi.list, {}, elsewhere)).body.items).toEqual([]);
    expect((await scm.ask(EmailContactApi.remove, { id }, elsewhere)).status).toBe(404);
    expect((await scm.ask(EmailContactApi.remove, { id })).status).toBe(200);
    await send('gone');
    expect(mailsTo('gone@example.com')).toEqual([]);
  });

  it('of several workspaces may wait for a slow server, while webhooks do not', async () => {
    let release = () => {};
    const until = new Promise<void>((resolve) => (release = resolve));
    const prompt = await startReceiver([200]);
    try {
      behaviours['slow@example.com'] = { until };
      await contact('slow@example.com', ['busy']);
      for (let i = 0; i < 20; i++) await send('busy');
      await waitFor(() => smtp.tries('slow@example.com') === 2, { what: 'its share of the tries' });
      const quick = await contact('quick@example.com', ['quick']);
      expect(await scm.ended(await send('quick'), quick.id)).toMatchObject({ state: 'confirmed', attempts: 1 });
      const hook = (await scm.ask(WebhookApi.create, { url: prompt.url, topics: ['hook'] })).body;
      // Without the allow list this is refused at once: what counts is that it did not wait.
      expect(await scm.ended(await send('hook'), hook.id)).toMatchObject({ state: 'dead-lettered', attempts: 1 });
      expect(mailsTo('slow@example.com')).toEqual([]);
    } finally {
      release();
      await prompt.stop();
    }
    await waitFor(() => mailsTo('slow@example.com').length === 20, { what: 'what waited' });
  });

  it('gets what is under way when the service stops, and gets it once', async () => {
    let release = () => {};
    behaviours['held@example.com'] = { until: new Promise<void>((resolve) => (release = resolve)) };
    const { id } = await contact('held@example.com', ['held']);
    const sent = await send('held');
    await waitFor(() => smtp.tries('held@example.com') === 1, { what: 'the try' });
    const stopped = scm.restart();
    setTimeout(release, 300);
    await stopped;
    expect(await scm.ended(sent, id)).toMatchObject({ state: 'confirmed', attempts: 1 });
    expect(mailsTo('held@example.com')).toHaveLength(1);
  });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe('TLS', () => {
  skipUnless(hasOpenssl, 'no openssl to make a certificate with')(
    'is required, and trusted, before a message or a password is sent',
    async () => {
      const { key, cert } = certificate();
      const logins: string[] = [];
      const secure = await startSmtp(() => ({}), {
        key,
        cert,
        onAuth: ({ username = '', password = '' }, session, done) => {
          logins.push(`${username}:${password}:${session.secure}`);
          done(null, { user: username });
        },
      });
      try {
        const settings = { SCM_SMTP_TLS: 'required', SCM_SMTP_URL: `smtp://127.0.0.1:${smtp.port}` };
        await scm.restart({ env: settings });
        const { id } = await contact('tls@example.com', ['tls']);
        const refused = await scm.ended(await send('tls'), id);
        expect(refused).toMatchObject({ state: 'dead-lettered', reason: expect.stringMatching(/TLS/) as unknown });
        const url = `smtp://us%40er:p%2Fw@localhost:${secure.port}`;
        await scm.restart({ env: { SCM_SMTP_TLS: 'required', SCM_SMTP_URL: url } });
        const untrusted = await scm.ended(await send('tls'), id);
        expect(untrusted).toMatchObject({
          state: 'dead-lettered',
          reason: expect.stringMatching(/certificate/) as unknown,
        });
        expect(untrusted.reason).not.toContain('p/w');
        await scm.restart({ env: { SCM_SMTP_TLS: 'required', SCM_SMTP_URL: url, SCM_SMTP_CA: cert } });
        expect(await scm.ended(await send('tls'), id)).toMatchObject({ state: 'confirmed' });
        expect([logins, secure.mails.length]).toEqual([['us@er:p/w:true'], 1]);
      } finally {
        await secure.stop();
      }
    },
    60_000,
  );
});

/** A certificate for localhost that signs itself. */
function certificate(): { key: string; cert: string } {
  const folder = makeFolder('certificate');
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
  const files = ['-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...subject], { stdio: 'ignore' });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}
