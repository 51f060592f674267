import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { accessToken, ServiceError } from '@scm/contracts';
import type { MessagingClient } from '@scm/messaging';
import { TokenVerifier } from './token-verifier.js';

const { publicKey, privateKey } = await generateKeyPair(accessToken.algorithm);
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'first', alg: accessToken.algorithm }] };

function token(key: CryptoKey = privateKey, kid = 'first'): Promise<string> {
  return new SignJWT({ sid: 's', ws: 'w', role: 'viewer', name: 'n' })
    .setProtectedHeader({ alg: accessToken.algorithm, typ: accessToken.type, kid })
    .setIssuer(accessToken.issuer)
    .setAudience(accessToken.audience)
    .setSubject('u')
    .setJti('j')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(key);
}

/** Auth as its contract says, and how often it was asked. */
function authThat(answer: () => Promise<object>): { messaging: MessagingClient; asked: () => number } {
  const request = jest.fn(answer);
  return { messaging: { request } as unknown as MessagingClient, asked: () => request.mock.calls.length };
}

afterEach(() => {
  jest.useRealTimers();
});

describe('access tokens', () => {
  it('go on being verified, without waiting, when auth stops answering', async () => {
    const auth = authThat(async () => jwks);
    const verifier = new TokenVerifier(auth.messaging);
    await verifier.verify(await token());
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'], now: Date.now() + 61_000 });
    const frozen = authThat(() => new Promise<never>(() => undefined));
    Object.assign(auth.messaging, frozen.messaging);
    await expect(verifier.verify(await token())).resolves.toMatchObject({ sub: 'u' });
    expect(frozen.asked()).toBe(1);
  });

  it('say that auth is away as long as there are no keys at all', async () => {
    const { messaging } = authThat(async () => Promise.reject(new ServiceError('UNAVAILABLE', 'no service answers')));
    await expect(new TokenVerifier(messaging).verify(await token())).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });

  it('with an unknown key ask auth at most once a second', async () => {
    const auth = authThat(async () => jwks);
    const verifier = new TokenVerifier(auth.messaging);
    const stranger = await generateKeyPair(accessToken.algorithm);
    for (let i = 0; i < 5; i++) {
      const forged = await token(stranger.privateKey, `unknown-${i}`);
      await expect(verifier.verify(forged)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    expect(auth.asked()).toBe(1);
  });
});
