import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessToken, DEFAULT_WORKSPACE_ID } from '@scm/contracts';
import { startMesh, type TestMesh, type TestService } from '@scm/testing';
import { decodeJwt, decodeProtectedHeader, exportJWK, SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';

const admin = { SCM_BOOTSTRAP_USERNAME: 'root', SCM_BOOTSTRAP_PASSWORD: 'correct horse battery' };

let mesh: TestMesh;
let gateway: TestService;
let genuine: string;

const url = (path: string) => `http://127.0.0.1:${gateway.port}${path}`;

async function statusOf(token: string): Promise<number> {
  return (await fetch(url('/api/v1/auth/me'), { headers: { authorization: `Bearer ${token}` } })).status;
}

beforeAll(async () => {
  mesh = await startMesh();
  const env = { SCM_PORT: '0', SCM_ADDRESS_REQUESTS_PER_MINUTE: '10000' };
  [, gateway] = await Promise.all([mesh.start('auth', admin), mesh.start('gateway', env)]);
  const login = await fetch(url('/api/v1/auth/login'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'root', password: admin.SCM_BOOTSTRAP_PASSWORD }),
  });
  genuine = ((await login.json()) as { accessToken: string }).accessToken;
});

afterAll(async () => {
  await mesh?.stop();
});

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = (): JWTHeaderParameters => decodeProtectedHeader(genuine) as JWTHeaderParameters;

function signed(change: { header?: object; payload?: JWTPayload; key?: KeyObject | Uint8Array }): Promise<string> {
  return new SignJWT({ ...decodeJwt(genuine), ...change.payload })
    .setProtectedHeader({ ...header(), ...change.header })
    .sign(change.key ?? ec.privateKey);
}

describe('an access token', () => {
  it('of ours is accepted', async () => {
    expect(await statusOf(genuine)).toBe(200);
  });

  // passport-jwt would call jsonwebtoken with the key that stands in the strategy: a token signed with it proves that it does not.
  it.each<[string, () => string | Promise<string>]>([
    [
      'signed with the placeholder key that jsonwebtoken would get',
      () => signed({ header: { alg: 'HS256' }, key: Buffer.from('unused') }),
    ],
    ['without a signature', () => `${genuine.split('.').slice(0, 2).join('.')}.`],
    ['with alg none', () => `${part({ ...header(), alg: 'none' })}.${genuine.split('.')[1]}.`],
    [
      'with another payload',
      () =>
        [genuine.split('.')[0], part({ ...decodeJwt(genuine), role: 'admin', sub: 'x' }), genuine.split('.')[2]].join(
          '.',
        ),
    ],
    ['signed by a stranger with our key id', () => signed({})],
    ['signed by a stranger with a key id of its own', () => signed({ header: { kid: 'mine' } })],
    ['that brings its own key', async () => signed({ header: { kid: 'mine', jwk: await exportJWK(ec.publicKey) } })],
    ['that points to its key', () => signed({ header: { kid: 'mine', jku: 'http://127.0.0.1:9/jwks' } })],
    ['of another type', () => signed({ header: { typ: 'JWT' } })],
    [
      'with an extension that must be understood',
      () => `${part({ ...header(), crit: ['x'], x: 1 })}.${genuine.split('.').slice(1).join('.')}`,
    ],
    ['for another audience', () => signed({ payload: { aud: 'urn:other' } })],
    ['for several audiences', () => signed({ payload: { aud: [accessToken.audience, 'urn:other'] } })],
    ['of another issuer', () => signed({ payload: { iss: 'urn:other' } })],
    ['that has expired', () => signed({ payload: { exp: 1 } })],
    ['that never expires', () => signed({ payload: { exp: undefined } })],
    ['of two megabytes', () => `${genuine}${'A'.repeat(2_000)}`],
    ['with five parts', () => `${genuine}.x.y`],
    ['that is no token', () => 'hello'],
    ['that is a call context', () => mesh.contextKey('gateway')],
  ])('%s is refused', async (_, forge) => {
    expect(await statusOf(encodeURI(await forge()))).toBe(401);
  });

  it('is taken from the Authorization header alone', async () => {
    for (const path of [`/api/v1/auth/me?access_token=${genuine}`, `/api/v1/auth/me?token=${genuine}`]) {
      expect((await fetch(url(path))).status).toBe(401);
    }
    expect((await fetch(url('/api/v1/auth/me'), { headers: { cookie: `token=${genuine}` } })).status).toBe(401);
  });

  it('works in its own workspace only', () => {
    expect(decodeJwt(genuine).ws).toBe(DEFAULT_WORKSPACE_ID);
  });
});
