import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AlertApi, AuthApi, type Actor, type RpcContract } from '@scm/contracts';
import { meshSecurity, type Denial, type MeshSecurity } from './index.js';

const pairs = { gateway: generateKeyPairSync('ed25519'), notifier: generateKeyPairSync('ed25519') };
const contextPublicKeys = JSON.stringify({
  keys: Object.entries(pairs).map(([kid, { publicKey }]) => ({ ...publicKey.export({ format: 'jwk' }), kid })),
});
const denials: Denial[] = [];
const securityOf = (kid: keyof typeof pairs): MeshSecurity =>
  meshSecurity(
    {
      contextPrivateKey: JSON.stringify({ ...pairs[kid].privateKey.export({ format: 'jwk' }), kid }),
      contextPublicKeys,
    },
    async (denial) => void denials.push(denial),
  );
const [gateway, notifier] = [securityOf('gateway'), securityOf('notifier')];
const viewer: Actor = { kind: 'user', id: 'u1', name: 'ada', workspaceId: 'w1', role: 'viewer' };

beforeEach(() => {
  denials.length = 0;
});

describe('a service', () => {
  it('knows the caller whom another service vouches for', async () => {
    const token = await gateway.signer.sign(viewer);
    expect(await notifier.authorize(AlertApi.list, token)).toEqual(viewer);
  });

  it('knows nobody where nobody has to be known', async () => {
    expect(await notifier.authorize(AuthApi.login, undefined)).toBeUndefined();
    expect(denials).toEqual([]);
  });

  it.each<[RpcContract]>([[AlertApi.acknowledge], [AuthApi.collectAudit]])(
    'refuses a viewer $subject and reports the denial',
    async (contract) => {
      const token = await gateway.signer.sign(viewer);
      await expect(notifier.authorize(contract, token)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
      expect(denials).toMatchObject([{ contract, actor: viewer, error: { code: 'PERMISSION_DENIED' } }]);
    },
  );

  it('refuses a broken context also where none is needed', async () => {
    await expect(notifier.authorize(AuthApi.login, 'broken')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(notifier.authorize(AlertApi.list, undefined)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(denials.map(({ actor }) => actor)).toEqual([undefined, undefined]);
  });

  it('refuses a user named by a service that is no door', async () => {
    const token = await notifier.signer.sign(viewer);
    await expect(gateway.authorize(AuthApi.whoAmI, token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('does not let the call pass when the denial cannot be put on record', async () => {
    const { authorize } = meshSecurity(
      {
        contextPrivateKey: JSON.stringify({ ...pairs.gateway.privateKey.export({ format: 'jwk' }), kid: 'gateway' }),
        contextPublicKeys,
      },
      () => Promise.reject(new Error('the audit is away')),
    );
    await expect(authorize(AlertApi.acknowledge, await gateway.signer.sign(viewer))).rejects.toThrow(
      'the audit is away',
    );
  });
});
