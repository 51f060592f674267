import { generateKeyPairSync, sign, type JsonWebKey, type KeyObject } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { services, type Actor, type ServiceName } from '@scm/contracts';
import { SignJWT } from 'jose';
import { ContextSigner, ContextVerifier } from './index.js';

const privateKeys = Object.fromEntries(
  services.map((name) => [name, generateKeyPairSync('ed25519').privateKey]),
) as Record<ServiceName, KeyObject>;
const jwk = (name: ServiceName): JsonWebKey => ({ ...privateKeys[name].export({ format: 'jwk' }), kid: name });
const publicJwk = (name: ServiceName): JsonWebKey => ({ ...jwk(name), d: undefined });
const jwks = JSON.stringify({ keys: services.map(publicJwk) });

const start = Date.parse('2030-01-01T00:00:00Z');
let nowMs = start;
const now = (): number => nowMs;
beforeEach(() => {
  nowMs = start;
});

const verifier = new ContextVerifier(jwks, now);
const signer = (name: ServiceName): ContextSigner => new ContextSigner(JSON.stringify(jwk(name)), now);
const ada: Actor = { kind: 'user', id: 'u1', name: 'ada', workspaceId: 'w1', role: 'operator', sessionId: 's1' };
const notifier: Actor = { kind: 'service', id: 'notifier', name: 'notifier', workspaceId: 'w1', onBehalfOf: 'u1' };

describe('a signed context', () => {
  it.each<[ServiceName, Actor]>([
    ['gateway', ada],
    ['auth', { ...ada, kind: 'api-key' }],
    ['notifier', notifier],
  ])('carries the actor from %s', async (name, actor) => {
    expect(await verifier.verify(await signer(name).sign(actor))).toEqual(actor);
  });

  it('is reused for 20 seconds and for one actor only', async () => {
    const gateway = signer('gateway');
    const first = await gateway.sign(ada);
    nowMs += 19_999;
    expect(await gateway.sign({ ...ada })).toBe(first);
    expect(await gateway.sign({ ...ada, workspaceId: 'w2' })).not.toBe(first);
    nowMs += 1;
    expect(await gateway.sign(ada)).not.toBe(first);
  });

  it('ends after 60 seconds and the tolerated 5, also when it was verified before', async () => {
    const token = await signer('gateway').sign(ada);
    await verifier.verify(token);
    nowMs += 64_000;
    expect(await verifier.verify(token)).toEqual(ada);
    nowMs += 2_000;
    await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('is accepted by a clock up to 5 seconds behind', async () => {
    const token = await signer('gateway').sign(ada);
    nowMs -= 5_000;
    expect(await new ContextVerifier(jwks, now).verify(token)).toEqual(ada);
    nowMs -= 2_000;
    await expect(new ContextVerifier(jwks, now).verify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

const seconds = start / 1000;
const header = { alg: 'EdDSA', typ: 'scm-context', kid: 'gateway' };
const claims = { ...ada, iss: 'gateway', iat: seconds, exp: seconds + 60 };
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
// Signs whatever it is told to, as an attacker who holds one service's key would.
function forge(changes: { header?: object; claims?: object; by?: ServiceName }): string {
  const input = `${encode({ ...header, ...changes.header })}.${encode({ ...claims, ...changes.claims })}`;
  return `${input}.${sign(null, Buffer.from(input), privateKeys[changes.by ?? 'gateway']).toString('base64url')}`;
}
const [h, c, s] = forge({}).split('.') as [string, string, string];
const stranger = generateKeyPairSync('ed25519').privateKey;

const attacks: Record<string, string | (() => Promise<string>)> = {
  'empty text': '',
  'no JWS': 'hello',
  'two parts': `${h}.${c}`,
  'four parts': `${h}.${c}.${s}.${s}`,
  'no signature': `${h}.${c}.`,
  'another signature': `${h}.${c}.${Buffer.alloc(64).toString('base64url')}`,
  'changed claims': `${h}.${encode({ ...claims, role: 'admin' })}.${s}`,
  'padded parts': `${h}=.${c}.${s}`,
  'header is no JSON': `${Buffer.from('{').toString('base64url')}.${c}.${s}`,
  'claims are no object': `${h}.${encode([])}.${s}`,
  'alg none': `${encode({ ...header, alg: 'none' })}.${c}.`,
  'alg none, signed': forge({ header: { alg: 'none' } }),
  'alg HS256 with the public key as secret': () =>
    new SignJWT(claims)
      .setProtectedHeader({ ...header, alg: 'HS256' })
      .sign(Buffer.from(String(publicJwk('gateway')['x']), 'base64url')),
  'alg in another case': forge({ header: { alg: 'eddsa' } }),
  'alg missing': forge({ header: { alg: undefined } }),
  'typ missing': forge({ header: { typ: undefined } }),
  'typ of an access token': forge({ header: { typ: 'at+jwt' } }),
  'kid missing': forge({ header: { kid: undefined } }),
  'kid unknown': forge({ header: { kid: 'mallory' } }),
  'kid of the prototype': forge({ header: { kid: '__proto__' } }),
  'kid a path': forge({ header: { kid: '../../gateway' } }),
  'kid of another service': forge({ header: { kid: 'auth' } }),
  'iss of another service': forge({ claims: { iss: 'auth' } }),
  'iss missing': forge({ claims: { iss: undefined } }),
  'iss a list': forge({ claims: { iss: ['gateway'] } }),
  'embedded jwk': () =>
    new SignJWT(claims)
      .setProtectedHeader({ ...header, jwk: stranger.export({ format: 'jwk' }) as { kty: string } })
      .sign(stranger),
  'jku header': forge({ header: { jku: 'https://attacker.example/jwks.json' } }),
  'x5u header': forge({ header: { x5u: 'https://attacker.example/c.pem' } }),
  'x5c header': forge({ header: { x5c: ['MIIB'] } }),
  'unknown crit': forge({ header: { crit: ['x'], x: 1 } }),
  'crit empty': forge({ header: { crit: [] } }),
  'b64 false': forge({ header: { b64: false, crit: ['b64'] } }),
  'b64 without crit': forge({ header: { b64: false } }),
  'zip header': forge({ header: { zip: 'DEF' } }),
  'exp missing': forge({ claims: { exp: undefined } }),
  'exp past': forge({ claims: { iat: seconds - 120, exp: seconds - 60 } }),
  'exp a text': forge({ claims: { exp: '9999999999' } }),
  'lasts a year': forge({ claims: { exp: seconds + 31_536_000 } }),
  'iat missing': forge({ claims: { iat: undefined } }),
  'iat in the future': forge({ claims: { iat: seconds + 30, exp: seconds + 90 } }),
  'iat long ago': forge({ claims: { iat: seconds - 3_600 } }),
  'nbf in the future': forge({ claims: { nbf: seconds + 30 } }),
  'signed by a key outside the mesh': () => new SignJWT(claims).setProtectedHeader(header).sign(stranger),
  'a worker names a user': forge({
    header: { kid: 'step-workers' },
    claims: { iss: 'step-workers' },
    by: 'step-workers',
  }),
  'a worker names an API key': forge({
    header: { kid: 'step-workers' },
    claims: { iss: 'step-workers', kind: 'api-key' },
    by: 'step-workers',
  }),
  'a worker speaks as auth': forge({
    header: { kid: 'step-workers' },
    claims: { ...notifier, iss: 'step-workers', id: 'auth', role: undefined },
    by: 'step-workers',
  }),
  'the gateway speaks as auth': forge({ claims: { kind: 'service', id: 'auth', role: undefined } }),
  'a service with a role': forge({ claims: { kind: 'service', id: 'gateway', role: 'admin' } }),
  'kind unknown': forge({ claims: { kind: 'root' } }),
  'role unknown': forge({ claims: { role: 'owner' } }),
  'role of the prototype': forge({ claims: { role: 'constructor' } }),
  'id missing': forge({ claims: { id: undefined } }),
  'id a number': forge({ claims: { id: 1 } }),
  'workspace missing': forge({ claims: { workspaceId: undefined } }),
  'workspace empty': forge({ claims: { workspaceId: '' } }),
  'workspace a list': forge({ claims: { workspaceId: ['w1', 'w2'] } }),
  'far too long': forge({ claims: { name: 'x'.repeat(2_000_000) } }),
};

describe('an attack is UNAUTHENTICATED', () => {
  it('(the forger itself makes valid tokens)', async () => {
    expect(await verifier.verify(forge({}))).toEqual(ada);
  });

  it.each(Object.entries(attacks))('%s', async (_name, attack) => {
    const token = typeof attack === 'string' ? attack : await attack();
    await expect(verifier.verify(token)).rejects.toMatchObject({ name: 'ServiceError', code: 'UNAUTHENTICATED' });
  });
});

describe('keys', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  it.each<[string, () => unknown]>([
    ['a signer without a private part', () => new ContextSigner(JSON.stringify(publicJwk('auth')))],
    ['a signer that is no service', () => new ContextSigner(JSON.stringify({ ...jwk('auth'), kid: 'mallory' }))],
    [
      'an RSA key',
      () => new ContextSigner(JSON.stringify({ ...rsa.privateKey.export({ format: 'jwk' }), kid: 'auth' })),
    ],
    ['a JWKS with a private key', () => new ContextVerifier(JSON.stringify({ keys: [jwk('auth')] }))],
    [
      'a JWKS with one service twice',
      () => new ContextVerifier(JSON.stringify({ keys: [publicJwk('auth'), publicJwk('auth')] })),
    ],
    ['no JWKS', () => new ContextVerifier('[]')],
    ['no JSON', () => new ContextVerifier('nope')],
  ])('refuses %s', (_fault, build) => {
    expect(build).toThrow();
  });
});
