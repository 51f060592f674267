import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Access, Actor } from '@scm/contracts';
import { meshSecurity } from './index.js';

const pairs = { gateway: generateKeyPairSync('ed25519'), notifier: generateKeyPairSync('ed25519') };
const contextPublicKeys = JSON.stringify({
  keys: Object.entries(pairs).map(([kid, { publicKey }]) => ({ ...publicKey.export({ format: 'jwk' }), kid })),
});
const securityOf = (kid: keyof typeof pairs): ReturnType<typeof meshSecurity> =>
  meshSecurity({
    contextPrivateKey: JSON.stringify({ ...pairs[kid].privateKey.export({ format: 'jwk' }), kid }),
    contextPublicKeys,
  });
const [gateway, notifier] = [securityOf('gateway'), securityOf('notifier')];
const viewer: Actor = { kind: 'user', id: 'u1', name: 'ada', workspaceId: 'w1', role: 'viewer' };

describe('a service', () => {
  it('knows the caller whom another service vouches for', async () => {
    const token = await gateway.signer.sign(viewer);
    expect(await notifier.authorize({ access: 'alerts:read' }, token)).toEqual(viewer);
  });

  it('knows nobody where nobody has to be known', async () => {
    expect(await notifier.authorize({ access: 'public' }, undefined)).toBeUndefined();
  });

  it.each<[Access, string]>([
    ['alerts:write', 'PERMISSION_DENIED'],
    ['internal', 'PERMISSION_DENIED'],
  ])('refuses a viewer what needs %s', async (access, code) => {
    await expect(notifier.authorize({ access }, await gateway.signer.sign(viewer))).rejects.toMatchObject({ code });
  });

  it('refuses a broken context also where none is needed', async () => {
    await expect(notifier.authorize({ access: 'public' }, 'broken')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await expect(notifier.authorize({ access: 'alerts:read' }, undefined)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it('refuses a user named by a service that is no door', async () => {
    const token = await notifier.signer.sign(viewer);
    await expect(gateway.authorize({ access: 'authenticated' }, token)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });
});
