import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWholeMesh, type WholeMesh } from '../e2e/whole-mesh.js';
import { expectWell, httpFaults, parsed, send, type Reply } from './doors.js';
import { authorization, pathFor, readRoutes, setStage, type Route, type Stage } from './routes.js';

let scm: WholeMesh;
let stage: Stage;
let routes: Route[];

beforeAll(async () => {
  scm = await startWholeMesh();
  [routes, stage] = await Promise.all([readRoutes(scm), setStage(scm)]);
}, 60_000);

afterAll(async () => {
  await scm?.stop();
}, 30_000);

const bearer = () => ({ authorization: `Bearer ${stage.apiKey}` });

describe('bodies', () => {
  const silence = '"matchers":[{"name":"a","operator":"=","value":"b"}],"startsAt":"2998-01-01T00:00:00Z"';
  const samples = (value: string) =>
    `{"series":[{"labels":{"__name__":"tried"},"samples":[[${Date.now()},${value}]]}]}`;

  it.each<[string, string, () => string]>([
    ['__proto__ as a field', '/api/v1/silences', () => `{"__proto__":{"role":"admin"},${silence}}`],
    ['constructor as a field', '/api/v1/silences', () => `{"constructor":{"prototype":{}},${silence}}`],
    ['a depth of 10,000', '/api/v1/silences', () => `{"matchers":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['a depth of 100,000 without end', '/api/v1/silences', () => '['.repeat(100_000)],
    ['objects to a depth of 10,000', '/api/v1/silences', () => `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['half a million elements', '/api/v1/silences', () => `{"matchers":[${'1,'.repeat(500_000)}1]}`],
    ['10,000 fields', '/api/v1/silences', () => `{${Array.from({ length: 10_000 }, (_, i) => `"f${i}":1`).join()}}`],
    ['half a surrogate pair', '/api/v1/api-keys', () => '{"name":"\\ud800","role":"viewer"}'],
    ['U+0000', '/api/v1/api-keys', () => '{"name":"a\\u0000b","role":"viewer"}'],
  ])('refuses %s at %s, naming what is wrong', async (_, path, body) => {
    const reply = await send(scm.url, { method: 'POST', path, headers: bearer(), body: body() });
    expect([reply.status, httpFaults(reply), reply.text.slice(0, 200)]).toEqual([400, [], expect.any(String)]);
    expect(parsed(reply.text)).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it.each<[string, string]>([
    ['1e400', samples('1e400')],
    ['-1e400', samples('-1e400')],
    ['a time of 1,000 digits', samples('1').replace(/\[\[\d+/, `[[${'9'.repeat(1_000)}`)],
  ])('stores no sample for %s, and says which', async (_, body) => {
    const reply = await send(scm.url, { method: 'POST', path: '/api/v1/metrics', headers: bearer(), body });
    const path = expect.stringMatching(/^series\.0\.samples\.0/) as unknown;
    expect(parsed(reply.text)).toMatchObject({ written: 0, rejected: 1, errors: [{ path }] });
  });

  it('reads -0 as a number, and of a field that comes twice the last one, as every JSON parser', async () => {
    const zero = await send(scm.url, {
      method: 'POST',
      path: '/api/v1/metrics',
      headers: bearer(),
      body: samples('-0'),
    });
    expect(zero.status).toBe(200);
    const body = '{"name":"twice","role":"admin","role":"god"}';
    const twice = await send(scm.url, { method: 'POST', path: '/api/v1/api-keys', headers: bearer(), body });
    expect([twice.status, parsed(twice.text)?.errors]).toEqual([400, [expect.objectContaining({ path: 'role' })]]);
  });

  it('pollutes no prototype', async () => {
    for (const body of ['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}']) {
      for (const route of routes.filter(({ method }) => method === 'POST')) {
        const headers = { ...authorization(route, stage), accept: 'application/json, text/event-stream' };
        const reply = await send(scm.url, { method: 'POST', path: pathFor(route, stage), headers, body });
        expect([route.name, reply.status < 500]).toEqual([route.name, true]);
      }
    }
    const status = await send(scm.url, { method: 'GET', path: '/api/v1/system/status', headers: bearer() });
    expect(status.text).not.toContain('polluted');
    await expectWell(scm);
  });
});

describe('the same answer, however it is asked', () => {
  const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
    send(scm.url, { method, path, headers });

  it.each(['/api/v1/users', '/api/v1/audit', '/api/v1/api-keys'])('%s without credentials', async (path) => {
    const refused = (reply: Reply) => [401, 404].includes(reply.status);
    for (const method of ['GET', 'HEAD']) expect(await ask(method, path)).toMatchObject({ status: 401 });
    const spellings = [
      `/${path}`,
      `${path}/`,
      path.toUpperCase(),
      path.replace('/v1/', '/v1//'),
      `${path};x=1`,
      `${path}%2f`,
    ];
    const climbing = [
      path.replace('/v1/', '/v1/x/%2e%2e/'),
      path.replace('/v1/', '/v1/./'),
      `/livez/..${path}`,
      `${path}%00`,
    ];
    for (const spelling of [...spellings, ...climbing]) {
      const reply = await ask('GET', spelling);
      expect([spelling, refused(reply)]).toEqual([spelling, true]);
    }
    const options = await ask('OPTIONS', path, {
      origin: 'https://evil.example',
      'access-control-request-method': 'GET',
    });
    expect([options.status, options.text]).toEqual([204, '']);
    expect((await ask('TRACE', path, { authorization: 'Bearer secret' })).text).not.toContain('secret');
  });

  it('whatever a request says of its host, its sender or another URL', async () => {
    const lies = {
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'localhost',
      'x-forwarded-proto': 'https',
      'x-real-ip': '127.0.0.1',
      forwarded: 'for=127.0.0.1;host=localhost',
      'x-original-url': '/livez',
      'x-rewrite-url': '/livez',
      'x-http-method-override': 'GET',
      host: 'evil.example',
    };
    for (const [name, value] of Object.entries(lies)) {
      const reply = await ask('GET', '/api/v1/users', { [name]: value });
      expect([name, reply.status, httpFaults(reply)]).toEqual([name, 401, []]);
      expect(reply.text).not.toContain('evil.example');
    }
  });

  it('an address that only says that it is another has one allowance', async () => {
    const limited = await scm.mesh.start('gateway', { SCM_PORT: '0', SCM_ADDRESS_REQUESTS_PER_MINUTE: '5' });
    const url = `http://127.0.0.1:${limited.port}`;
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) {
      const headers = { 'x-forwarded-for': `10.0.0.${i}` };
      statuses.push((await send(url, { method: 'GET', path: '/api/v1/users', headers })).status);
    }
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(2);
    await limited.stop();
  });

  it('the page of a rebound name may not use the gateway’s own origin', async () => {
    const headers = { ...bearer(), host: 'rebound.example', origin: 'http://rebound.example' };
    const reply = await send(scm.url, { method: 'POST', path: '/mcp', headers, body: '{}' });
    expect(reply.status).toBe(403);
  });
});
