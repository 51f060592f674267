import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EgressClient, type EgressOptions, type EgressRequest, type Resolve } from './index.js';

const clients: EgressClient[] = [];
const servers: (Server | TcpServer)[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
});

function egress(options: EgressOptions = { allow: ['127.0.0.1'] }): EgressClient {
  const client = new EgressClient(options);
  clients.push(client);
  return client;
}

async function listen(server: Server | TcpServer, host = '127.0.0.1'): Promise<number> {
  servers.push(server);
  await new Promise<void>((ready) => server.listen(0, host, ready));
  return (server.address() as AddressInfo).port;
}

async function serve(answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(answer))}`;
}

const resolveTo =
  (...answers: string[][]): Resolve =>
  (_hostname, _options, done) => {
    const addresses = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

describe('send', () => {
  it('sends method, headers and body, and returns status, headers and body', async () => {
    const url = await serve((req, res) => {
      let body = '';
      req.on('data', (chunk) => (body += String(chunk)));
      req.on('end', () => {
        res.writeHead(201, {
          'x-seen': [req.method, req.headers['x-id'], body].join(' '),
          'set-cookie': ['a=1', 'b=2'],
        });
        res.end('thanks');
      });
    });
    const answer = await egress().send({ url, method: 'POST', headers: { 'X-Id': '7' }, body: 'hello' });
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'x-seen': 'POST 7 hello', 'set-cookie': 'a=1, b=2' },
      truncated: false,
    });
    expect(answer.body.toString()).toBe('thanks');
  });

  it('keeps the first maxBytes of an answer without end, and stops reading it', async () => {
    const closed = Promise.withResolvers<void>();
    const url = await serve((_req, res) => {
      const write = (): boolean => {
        while (res.write(Buffer.alloc(16_384, 'x')));
        return res.once('drain', write).writable;
      };
      res.on('close', closed.resolve);
      write();
    });
    const answer = await egress().send({ url });
    expect([answer.status, answer.truncated, answer.body.length]).toEqual([200, true, 65_536]);
    await closed.promise;
  });

  it('takes an answer of exactly maxBytes as whole', async () => {
    const url = await serve((_req, res) => res.end('12345'));
    expect(await egress().send({ url, maxBytes: 5 })).toMatchObject({ body: Buffer.from('12345'), truncated: false });
  });

  it('does not unpack what is compressed', async () => {
    const url = await serve((_req, res) => res.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip at all'));
    expect((await egress().send({ url })).body.toString()).toBe('not gzip at all');
  });

  it.each([301, 302, 303, 307, 308])('does not follow a %i', async (status) => {
    let visits = 0;
    const inside = await serve((_req, res) => {
      visits += 1;
      res.end();
    });
    const url = await serve((_req, res) => res.writeHead(status, { location: inside }).end());
    expect(await egress().send({ url })).toMatchObject({ status, headers: { location: inside } });
    expect(visits).toBe(0);
  });
});

describe('a failing target', () => {
  const silent = (): Promise<string> => serve(() => undefined);

  it('is DEADLINE_EXCEEDED when it does not answer in time', async () => {
    await expect(egress().send({ url: await silent(), timeoutMs: 50 })).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
  });

  it('is DEADLINE_EXCEEDED when it drips', async () => {
    const url = await serve((_req, res) => {
      const timer = setInterval(() => res.write('.'), 10);
      res.on('close', () => clearInterval(timer));
    });
    await expect(egress().send({ url, timeoutMs: 100 })).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it.each<[string, (socket: { destroy(): void; end(text: string): void }) => void]>([
    ['hangs up', (socket) => socket.destroy()],
    ['speaks no HTTP', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ['breaks off', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf')],
    ['sends endless headers', (socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`)],
  ])('is UNAVAILABLE when it %s', async (_fault, react) => {
    const port = await listen(
      createTcpServer((socket) => void socket.on('error', () => undefined).once('data', () => react(socket))),
    );
    await expect(egress().send({ url: `http://127.0.0.1:${port}` })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('is UNAVAILABLE when it refuses, is unknown, or its TLS fails', async () => {
    const url = await serve((_req, res) => res.end());
    const unknown: Resolve = (name, _options, done) =>
      done(Object.assign(new Error(`ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), []);
    await expect(egress({ resolve: unknown }).send({ url: 'http://gone.test' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    await expect(egress().send({ url: url.replace('http:', 'https:') })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const port = await listen(createTcpServer());
    await new Promise((done) => servers.pop()?.close(done));
    await expect(egress().send({ url: `http://127.0.0.1:${port}` })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: `127.0.0.1:${port} cannot be reached: ECONNREFUSED`,
    });
  });

  it('lets go when the caller aborts or the client closes', async () => {
    const url = await silent();
    const reason = new Error('enough');
    await expect(egress().send({ url, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const client = egress();
    const pending = client.send({ url });
    const settled = expect(pending).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await client.close();
    await settled;
  });
});

describe('addresses inside', () => {
  let port: number;
  let connections: number;

  beforeEach(async () => {
    connections = 0;
    port = await listen(
      createTcpServer((socket) => {
        connections += 1;
        socket.destroy();
      }),
    );
  });

  const loopbackNames: Resolve = (_hostname, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);

  it.each([
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '127.0.0.1.',
    '127。0。0。1',
    '①②⑦.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '[fec0::1]',
    '[ff02::1]',
    '169.254.169.254',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    'localhost',
    'LOCALHOST.',
    'sub.localhost',
    'inside.attacker.test',
  ])('%s is refused and never reached', async (host) => {
    const sent = egress({ resolve: loopbackNames }).send({ url: `http://${host}:${port}/`, timeoutMs: 2_000 });
    await expect(sent).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: [{ path: 'url' }] });
    expect(connections).toBe(0);
  });

  it('connects to none but the public ones of several addresses', async () => {
    const resolve = resolveTo(['10.0.0.1', '127.0.0.1', '::1']);
    await expect(egress({ resolve }).send({ url: `http://mixed.test:${port}` })).rejects.toMatchObject({
      message: expect.stringMatching(/^url: mixed\.test \(10\.0\.0\.1, 127\.0\.0\.1, ::1\)/),
    });
    await expect(
      egress({ resolve, allow: ['127.0.0.0/8'] }).send({ url: `http://mixed.test:${port}` }),
    ).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(connections).toBe(1);
  });

  it('refuses a name that is bound to an inner address after it was fine', async () => {
    const outer = await serve((_req, res) => res.setHeader('connection', 'close').end('ok'));
    const client = egress({ allow: ['127.0.0.1'], resolve: resolveTo(['127.0.0.1'], ['127.0.0.2']) });
    const url = outer.replace('127.0.0.1', 'rebind.test');
    expect((await client.send({ url })).status).toBe(200);
    await expect(client.send({ url })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('the allow list', () => {
  it.each([
    ['an address', '127.0.0.1', '127.0.0.1'],
    ['a CIDR', '127.0.0.0/8', '127.0.0.1'],
    ['a mapped address', '::ffff:127.0.0.1', '127.0.0.1'],
    ['a host', 'Hooks.Internal', 'hooks.internal'],
    ['a host with an accent', 'bücher.internal', 'xn--bcher-kva.internal'],
  ])('opens %s', async (_what, entry, host) => {
    const url = (await serve((_req, res) => res.end())).replace('127.0.0.1', host);
    expect((await egress({ allow: [entry], resolve: resolveTo(['127.0.0.1']) }).send({ url })).status).toBe(200);
    await expect(egress({ resolve: resolveTo(['127.0.0.1']) }).send({ url })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('opens a host by its own name only', async () => {
    const url = (await serve((_req, res) => res.end())).replace('127.0.0.1', 'evil.hooks.internal');
    const client = egress({ allow: ['hooks.internal'], resolve: resolveTo(['127.0.0.1']) });
    await expect(client.send({ url })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it.each(['', '*.internal', 'http://x', '10.0.0.0/33', 'host:80', 'a b', 'user@host'])(
    'refuses the entry "%s"',
    (entry) => {
      expect(() => new EgressClient({ allow: [entry] })).toThrow(TypeError);
    },
  );
});

describe('a request that is not valid', () => {
  it.each<[string, Partial<EgressRequest>, string]>([
    ['no URL', { url: 'nowhere' }, 'url'],
    ['another scheme', { url: 'file:///etc/passwd' }, 'url'],
    ['gopher', { url: 'gopher://127.0.0.1:6379/_PING' }, 'url'],
    ['credentials in the URL', { url: 'http://user:secret@example.com/' }, 'url'],
    ['port 0', { url: 'http://example.com:0/' }, 'url'],
    ['a zone', { url: 'http://[fe80::1%25eth0]/' }, 'url'],
    ['a line break in a value', { headers: { 'x-a': 'b\r\nx-c: d' } }, 'headers'],
    ['a NUL in a value', { headers: { 'x-a': 'b\0' } }, 'headers'],
    ['a wide character in a value', { headers: { 'x-a': 'ā' } }, 'headers'],
    ['a line break in a name', { headers: { 'x-a\r\nx-b': 'c' } }, 'headers'],
    ['a Host of its own', { headers: { Host: 'internal' } }, 'headers'],
    ['framing of its own', { headers: { 'Transfer-Encoding': 'chunked' } }, 'headers'],
  ])('is refused: %s', async (_fault, changes, path) => {
    const sent = egress().send({ url: 'http://127.0.0.1:1/', ...changes });
    await expect(sent).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', details: [{ path }] });
  });
});

describe('fetch', () => {
  it('answers with a stream that ends when its signal says so', async () => {
    const url = await serve((_, res) => void res.write('data: 1\n\n'));
    const stop = new AbortController();
    const answer = await egress().fetch(url, { signal: stop.signal });
    const reader = answer.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: 1\n\n');
    stop.abort(new Error('enough'));
    await expect(reader?.read()).rejects.toThrow('enough');
  });

  it('follows no redirect, and reaches nothing that is not allowed', async () => {
    const url = await serve((_, res) => void res.writeHead(307, { location: 'http://10.0.0.1/' }).end());
    expect((await egress().fetch(url)).status).toBe(307);
    await expect(egress({}).fetch(url)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(egress({}).fetch('ftp://example.org')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
