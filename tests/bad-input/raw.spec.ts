import { connect } from 'node:net';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWholeMesh, type WholeMesh } from '../e2e/whole-mesh.js';
import { Census, expectWell, httpFaults, send } from './doors.js';
import { naughtyStrings } from './inputs.js';
import { authorization, pathFor, readRoutes, setStage, takesGzip, type Route, type Stage } from './routes.js';
import { SUBPROTOCOL } from './sockets.js';

let scm: WholeMesh;
let routes: Route[];
let stage: Stage;
let posts: Route[];

beforeAll(async () => {
  scm = await startWholeMesh();
  [routes, stage] = await Promise.all([readRoutes(scm), setStage(scm)]);
  posts = routes.filter(({ method }) => method === 'POST');
}, 60_000);

afterAll(async () => {
  await scm?.stop();
}, 30_000);

describe('HTTP', () => {
  const json = 'content-type: application/json\r\n';
  const chunked = `${json}transfer-encoding: chunked\r\n`;
  const login = (headers: string, body = '') => `POST /api/v1/auth/login HTTP/1.1\r\nhost: h\r\n${headers}\r\n${body}`;

  it.each<[string, string, number[]]>([
    ['no request at all', '\0\x01\x02\r\n\r\n', [400]],
    ['an unknown method', 'BREW / HTTP/1.1\r\nhost: h\r\n\r\n', [400]],
    ['an unknown version', 'GET / HTTP/9.9\r\nhost: h\r\n\r\n', [400, 505]],
    ['no host', 'GET /livez HTTP/1.1\r\n\r\n', [400]],
    ['a header of 64 KiB', login(`x: ${'x'.repeat(65_536)}\r\n`), [431]],
    ['5,000 headers', login('x: y\r\n'.repeat(5_000)), [431]],
    ['a URL of 64 KiB', `GET /${'x'.repeat(65_536)} HTTP/1.1\r\nhost: h\r\n\r\n`, [414, 431]],
    ['a line break in a header', login('x: a\n\r\ny: b\r\n'), [400]],
    ['a space before the colon', login('content-length : 3\r\n', 'abc'), [400]],
    ['two lengths', login(`${json}content-length: 2\r\ncontent-length: 3\r\n`, '{}x'), [400]],
    ['a length that is no number', login(`${json}content-length: two\r\n`, '{}'), [400]],
    ['a negative length', login(`${json}content-length: -1\r\n`, '{}'), [400]],
    ['a length and chunks', login(`${chunked}content-length: 2\r\n`, '0\r\n\r\n'), [400]],
    ['a chunk size that is no number', login(chunked, 'zz\r\n{}\r\n0\r\n\r\n'), [400]],
    ['a chunk longer than its size', login(chunked, '1\r\n{}\r\n0\r\n\r\n'), [400]],
    ['a chunk size beyond every number', login(chunked, 'ffffffffffffffffff\r\n{}\r\n0\r\n\r\n'), [400]],
    ['an unknown transfer coding', login(`${json}transfer-encoding: gzip\r\n`, '{}'), [400, 501]],
    ['an expectation nobody meets', login(`${json}expect: miracles\r\ncontent-length: 2\r\n`, '{}'), [400, 417]],
  ])('answers %s', async (what, bytes, statuses) => {
    const answer = await exchange(bytes);
    expect(statuses).toContain(statusOf(answer));
    // Node itself answers a request without a host, before anyone sees it.
    if (what !== 'no host') expect(answer.toLowerCase()).toContain('content-type: application/problem+json');
    await expectWell(scm);
  });

  it('ends with a body that ends too early or never comes', async () => {
    const early = await exchange(login(`${json}content-length: 100\r\n`, '{"username":'), { half: true });
    expect(['', '400']).toContain(String(statusOf(early) || ''));
    const slow = exchange(login(`${json}content-length: 100\r\n`, '{'), { half: false, waitMs: 2_000 });
    const others = await send(scm.url, { method: 'GET', path: '/livez' });
    expect(others.status).toBe(200);
    expect(await slow).toBe('');
    await expectWell(scm);
  });

  it.each([
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'nonsense',
    'application/json; charset=utf-7',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
  ])('refuses the content type %s at every POST', async (type) => {
    const answers = await Promise.all(
      posts.map((route) =>
        send(scm.url, { ...to(route), headers: { ...headersOf(route), 'content-type': type }, body: '{}' }),
      ),
    );
    expect(answers.flatMap((answer, i) => httpFaults(answer).map((fault) => `${posts[i]?.name}: ${fault}`))).toEqual(
      [],
    );
    const others = answers.filter((answer) => answer.status !== 415);
    expect(others.map(({ status: other, text }) => `${other} ${text}`)).toEqual([]);
  });

  it('refuses a method that a path does not have', async () => {
    const census = new Census('wrong methods');
    const paths = new Set(routes.map(({ path }) => path));
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'OPTIONS', 'PROPFIND']) {
        const route = routes.find((other) => other.path === path);
        if (!route || routes.some((other) => other.path === path && other.method === method)) continue;
        const answer = await send(scm.url, { ...to(route), method, headers: headersOf(route) });
        census.count(answer.status);
        for (const fault of httpFaults(answer)) census.fault(`${method} ${path}`, fault, answer.text);
        if (answer.status < 400 && method !== 'OPTIONS') census.fault(`${method} ${path}`, 'was taken', answer.text);
      }
    }
    census.print();
    expect(census.faults).toEqual([]);
    await expectWell(scm);
  });

  it('gives a changed spelling of a path no way around', async () => {
    const spellings = [
      '//api/v1/users',
      '/api/v1/users/',
      '/API/V1/USERS',
      '/api/v1/%75sers',
      '/api/v1/x/../users',
      '/api/v1/x/%2e%2e/users',
    ];
    for (const path of spellings) {
      const { status } = await send(scm.url, { method: 'GET', path });
      expect([path, [401, 404].includes(status)]).toEqual([path, true]);
    }
    for (const path of ['/%', '/%ff', '/api/v1/users/%E0%A4%A', '/api/v1/webhooks/%00']) {
      const answer = await send(scm.url, {
        method: 'DELETE',
        path,
        headers: { authorization: `Bearer ${stage.apiKey}` },
      });
      expect([path, httpFaults(answer), answer.status >= 400]).toEqual([path, [], true]);
    }
  });

  it('refuses one byte more than a body may have at every POST', async () => {
    for (const route of posts) {
      const body = JSON.stringify({ x: 'x'.repeat(route.maxBytes + 1 - 8) });
      expect(Buffer.byteLength(body)).toBe(route.maxBytes + 1);
      const { status } = await send(scm.url, { ...to(route), headers: headersOf(route), body });
      expect([route.name, status]).toEqual([route.name, 413]);
    }
    await expectWell(scm);
  });

  it('does not inflate 50 MB at any POST', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '));
    for (const route of posts) {
      const headers = Object.entries({ ...headersOf(route), 'content-type': 'application/json' });
      const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const head = `POST ${pathFor(route, stage)} HTTP/1.1\r\nhost: h\r\ncontent-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n`;
      const answer = await exchange(Buffer.concat([Buffer.from(`${head}${lines}\r\n`), bomb]));
      expect([route.name, statusOf(answer)]).toEqual([route.name, takesGzip(route) ? 413 : 415]);
    }
    await expectWell(scm);
  });

  it('takes each naughty string in its headers', async () => {
    const census = new Census('naughty strings in headers');
    for (const text of naughtyStrings) {
      const value = Buffer.from(Buffer.from(text).map((byte) => (byte < 0x20 || byte === 0x7f ? 0x20 : byte))).toString(
        'latin1',
      );
      const names = [
        'idempotency-key',
        'x-request-id',
        'traceparent',
        'tracestate',
        'baggage',
        'origin',
        'x-forwarded-for',
        'mcp-protocol-version',
      ];
      const lines = names.map((name) => `${name}: ${value}\r\n`).join('');
      const bytes = `POST /api/v1/silences HTTP/1.1\r\nhost: ${value}\r\nauthorization: Bearer ${stage.apiKey}\r\n${json}content-length: 2\r\n${lines}\r\n{}`;
      const status = statusOf(await exchange(Buffer.from(bytes, 'latin1')));
      census.count(status);
      if (status !== 400) census.fault('headers', `answered ${status}`, text);
      const forged = statusOf(
        await exchange(
          Buffer.from(`GET /api/v1/users HTTP/1.1\r\nhost: h\r\nauthorization: ${value}\r\n\r\n`, 'latin1'),
        ),
      );
      census.count(forged);
      if (forged !== 401 && forged !== 400) census.fault('authorization', `answered ${forged}`, text);
    }
    census.print();
    expect(census.faults).toEqual([]);
    await expectWell(scm);
  }, 60_000);
});

describe('WebSocket', () => {
  const FIN = 0x80;
  const [text, binary, closing, ping] = [1, 2, 8, 9];

  it.each<[string, () => Buffer, number[]]>([
    ['a frame without a mask', () => Buffer.from([FIN | text, 2, 0x7b, 0x7d]), [1002]],
    ['a reserved bit', () => frame(FIN | 0x40 | text, '{}'), [1002]],
    ['all reserved bits', () => frame(FIN | 0x70 | text, '{}'), [1002]],
    ['a reserved opcode', () => frame(FIN | 3, '{}'), [1002]],
    ['a reserved control opcode', () => frame(FIN | 11, ''), [1002]],
    ['a fragmented ping', () => frame(ping, ''), [1002]],
    ['a ping of 126 bytes', () => frame(FIN | ping, 'x'.repeat(126)), [1002]],
    ['a continuation of nothing', () => frame(FIN | 0, '{}'), [1002]],
    ['a message within a message', () => Buffer.concat([frame(text, '{'), frame(FIN | text, '}')]), [1002]],
    ['text that is no UTF-8', () => frame(FIN | text, Buffer.from([0x22, 0xc3, 0x28, 0x22])), [1007]],
    ['half a surrogate pair', () => frame(FIN | text, Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])), [1007]],
    ['256 KiB and a byte', () => frame(FIN | text, ' '.repeat(262_145)), [1009]],
    ['a length of 2^62', () => Buffer.from([FIN | text, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]), [1009]],
    ['256 KiB and a byte in pieces', () => pieces(262_145, 1_000), [1009, 1008]],
    [
      '100,000 empty pieces',
      () => Buffer.concat([frame(text, '{'), Buffer.alloc(600_000, frame(0, ''))]),
      [1008, 1009, 4500],
    ],
    ['the close code 1005', () => frame(FIN | closing, Buffer.from([0x03, 0xed])), [1002]],
    ['a close code of one byte', () => frame(FIN | closing, Buffer.from([3])), [1002]],
    ['a close reason that is no UTF-8', () => frame(FIN | closing, Buffer.from([0x03, 0xe8, 0xff])), [1007]],
    ['a binary frame', () => frame(FIN | binary, '{"t":"hello"}'), [4500]],
    ['random bytes', () => frame(FIN | text, randomBytes(200)), [1007]],
  ])('closes for %s', async (_, bytes, codes) => {
    expect(codes).toContain(await closeCodeOf(bytes()));
    await expectWell(scm);
  });

  it.each<[string, Record<string, string>, string]>([
    ['another version', { 'sec-websocket-version': '7' }, '/api/v1/stream'],
    ['no key', { 'sec-websocket-key': '' }, '/api/v1/stream'],
    ['a short key', { 'sec-websocket-key': 'abc' }, '/api/v1/stream'],
    ['another protocol', { 'sec-websocket-protocol': 'other' }, '/api/v1/stream'],
    ['a protocol that is no token', { 'sec-websocket-protocol': `${SUBPROTOCOL}, ,,` }, '/api/v1/stream'],
    ['a foreign origin', { origin: 'https://evil.example' }, '/api/v1/stream'],
    ['another upgrade', { upgrade: 'h2c' }, '/api/v1/stream'],
    ['another path', {}, '/api/v1/users'],
  ])('refuses to open for %s', async (_, changed, path) => {
    const answer = await exchange(opening(changed, path));
    expect([400, 403, 404, 405, 426]).toContain(statusOf(answer));
    await expectWell(scm);
  });
});

function to(route: Route): { method: string; path: string } {
  return { method: route.method, path: pathFor(route, stage) };
}

function headersOf(route: Route): Record<string, string> {
  return { ...authorization(route, stage), accept: 'application/json, text/event-stream' };
}

/** Writes the bytes and gives what comes back; `half` ends the own side early, `waitMs` bounds the wait for an end. */
function exchange(bytes: Buffer | string, { half = false, waitMs = 0 } = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(scm.url).port), '127.0.0.1');
    let answer = '';
    const end = () => {
      socket.destroy();
      resolve(answer);
    };
    socket.on('data', (data) => {
      answer += data.toString('latin1');
      // The head is enough: what is refused may leave its connection open.
      if (answer.includes('\r\n\r\n')) end();
    });
    socket.on('error', () => undefined).on('close', () => resolve(answer));
    socket.write(bytes);
    if (half) socket.end();
    if (waitMs > 0) setTimeout(end, waitMs);
  });
}

function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
}

function opening(changed: Record<string, string> = {}, path = '/api/v1/stream'): string {
  const headers = {
    host: new URL(scm.url).host,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-protocol': SUBPROTOCOL,
    ...changed,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** The code of the server's close frame; 0 when it ended the connection without one. */
function closeCodeOf(bytes: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(scm.url).port), '127.0.0.1');
    let heard = Buffer.alloc(0);
    let isOpen = false;
    socket.on('data', (data) => {
      heard = Buffer.concat([heard, data]);
      const head = heard.indexOf('\r\n\r\n');
      if (!isOpen && head >= 0) {
        isOpen = true;
        heard = heard.subarray(head + 4);
        socket.write(bytes);
      }
      if (isOpen && heard.length >= 4 && heard[0] === 0x88) {
        resolve(heard.readUInt16BE(2));
        socket.destroy();
      }
    });
    socket.on('error', () => undefined).on('close', () => resolve(0));
    socket.write(opening());
  });
}

/** One masked frame: the first byte is its flags and opcode. */
function frame(first: number, payload: Buffer | string): Buffer {
  const data = Buffer.from(payload);
  const mask = randomBytes(4);
  const masked = data.map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  const length = Buffer.alloc(data.length < 126 ? 1 : data.length < 65_536 ? 3 : 9);
  if (length.length === 1) length[0] = 0x80 | data.length;
  else if (length.length === 3) length.fill(0xfe, 0, 1).writeUInt16BE(data.length, 1);
  else length.fill(0xff, 0, 1).writeBigUInt64BE(BigInt(data.length), 1);
  return Buffer.concat([Buffer.from([first]), length, mask, masked]);
}

function pieces(bytes: number, size: number): Buffer {
  const count = Math.ceil(bytes / size);
  return Buffer.concat(Array.from({ length: count }, (_, i) => frame(i === 0 ? 1 : 0, ' '.repeat(size))));
}
