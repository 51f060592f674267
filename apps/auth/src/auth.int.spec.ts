import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { schemaDrift } from '@scm/database';
import { ContextSigner } from '@scm/policy';
import { startMesh, waitFor, type TestMesh } from '@scm/testing';
import { DEFAULT_WORKSPACE_ID, type Actor } from '@scm/contracts';
import { database } from './database.js';

const admin = { SCM_BOOTSTRAP_USERNAME: 'root', SCM_BOOTSTRAP_PASSWORD: 'correct horse battery' };

let mesh: TestMesh;
let nc: NatsConnection;

interface Answer {
  status: number;
  body: Record<string, never> & { [key: string]: never };
}

async function ask(
  name: string,
  payload: unknown,
  context?: string,
  more: Record<string, string> = {},
): Promise<Answer> {
  const h = headers();
  if (context) h.set('Scm-Context', context);
  for (const [key, value] of Object.entries(more)) h.set(key, value);
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const msg = await nc.request(`scm.rpc.auth.v1.${name}`, text, { timeout: 5_000, headers: h });
  return { status: Number(msg.headers?.get('Nats-Service-Error-Code') || 200), body: msg.json() };
}

const login = async (username = 'root', password = admin.SCM_BOOTSTRAP_PASSWORD) =>
  (await ask('login', { username, password })).body as unknown as { accessToken: string; refreshToken: string };
const contextOf = async (credential: string) =>
  (await ask('exchange', { credential })).body as unknown as { context: string; actor: Actor };

beforeAll(async () => {
  mesh = await startMesh();
  await mesh.start('auth', admin);
  nc = await connect({ servers: mesh.nats.url.replace('nats://test@', ''), token: 'test' });
});

afterAll(async () => {
  await nc?.close();
  await mesh?.stop();
});

describe('auth over plain NATS', () => {
  it('logs the first administrator in and tells who a credential belongs to', async () => {
    const { accessToken } = await login();
    const { context, actor } = await contextOf(accessToken);
    expect(actor).toMatchObject({ kind: 'user', name: 'root', role: 'admin', workspaceId: DEFAULT_WORKSPACE_ID });
    const me = await ask('who-am-i', {}, context);
    expect(me.body).toMatchObject({ name: 'root', role: 'admin' });
  });

  it.each([
    ['a wrong password', { username: 'root', password: 'wrong' }, 401],
    ['an unknown user', { username: 'nobody', password: 'wrong' }, 401],
    ['an unknown field', { username: 'root', password: 'x', admin: true }, 400],
    ['a wrong type', { username: 1, password: 'x' }, 400],
    ['NUL in a text', { username: 'a\0b', password: 'x' }, 400],
    ['half a surrogate pair', '{"username":"\\ud800","password":"x"}', 400],
    ['no JSON', 'hello', 400],
    ['an array', '[]', 400],
    ['deep nesting', `${'['.repeat(100_000)}`, 400],
  ])('refuses %s', async (_, payload, status) => {
    const answer = await ask('login', payload);
    expect(answer.status).toBe(status);
    expect(answer.body.message).toBeDefined();
  });

  it('refuses calls without, with a foreign and with an expired context', async () => {
    expect((await ask('who-am-i', {})).status).toBe(401);
    expect((await ask('who-am-i', {}, 'e30.e30.e30')).status).toBe(401);
    const past = new ContextSigner(mesh.contextKey('gateway'), () => Date.now() - 120_000);
    const token = await past.sign({
      kind: 'user',
      id: 'x',
      name: 'x',
      workspaceId: DEFAULT_WORKSPACE_ID,
      role: 'admin',
    });
    expect((await ask('who-am-i', {}, token)).status).toBe(401);
  });

  it('of concurrent refreshes of one token lets one through and revokes nothing', async () => {
    const { refreshToken } = await login();
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask('refresh', { refreshToken })));
    const won = answers.filter((a) => a.status === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter((a) => a.status === 401)).toHaveLength(7);
    const next = won[0]?.body.refreshToken;
    expect((await ask('refresh', { refreshToken: next })).status).toBe(200);
  });

  it('ends the session when a used refresh token comes again later', async () => {
    const { refreshToken } = await login();
    const next = (await ask('refresh', { refreshToken })).body as unknown as { refreshToken: string };
    await mesh.database.query(
      `update auth.refresh_tokens set consumed_at = now() - interval '1 minute' where consumed_at is not null`,
    );
    expect((await ask('refresh', { refreshToken })).status).toBe(401);
    expect((await ask('refresh', { refreshToken: next.refreshToken })).status).toBe(401);
  });

  it('logs out: the session cannot be refreshed any more', async () => {
    const pair = await login();
    const { context } = await contextOf(pair.accessToken);
    expect((await ask('logout', {}, context)).status).toBe(200);
    expect((await ask('refresh', { refreshToken: pair.refreshToken })).status).toBe(401);
  });

  it('keeps roles: a viewer cannot create users, a disabled member cannot log in', async () => {
    const { context } = await contextOf((await login()).accessToken);
    const made = await ask('create-user', { username: 'vera', password: 'a long password', role: 'viewer' }, context);
    expect(made.status).toBe(200);
    const vera = await contextOf((await login('vera', 'a long password')).accessToken);
    const denied = await ask(
      'create-user',
      { username: 'eve', password: 'a long password', role: 'admin' },
      vera.context,
    );
    expect(denied.status).toBe(403);
    await ask('update-member', { id: made.body.id, state: 'disabled' }, context);
    expect((await ask('login', { username: 'vera', password: 'a long password' })).status).toBe(401);
  });

  it('does not let the last administrator go', async () => {
    const { context, actor } = await contextOf((await login()).accessToken);
    expect((await ask('update-member', { id: actor.id, role: 'viewer' }, context)).status).toBe(409);
  });

  it('creates, uses, expires and revokes API keys', async () => {
    const { context } = await contextOf((await login()).accessToken);
    const key = (await ask('create-api-key', { name: 'ci', role: 'operator' }, context)).body as unknown as {
      id: string;
      apiKey: string;
    };
    const held = await contextOf(key.apiKey);
    expect(held.actor).toMatchObject({ kind: 'api-key', name: 'ci', role: 'operator' });
    expect((await ask('exchange', { credential: `${key.apiKey.slice(0, -1)}x` })).status).toBe(401);
    await ask('revoke-api-key', { id: key.id }, context);
    expect((await ask('exchange', { credential: key.apiKey })).status).toBe(401);
    const past = await ask(
      'create-api-key',
      { name: 'old', role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' },
      context,
    );
    expect(past.status).toBe(400);
  });

  it('answers a repeated request with the same idempotency key once', async () => {
    const { context } = await contextOf((await login()).accessToken);
    const key = { 'Scm-Idempotency-Key': 'one' };
    const request = { username: 'ida', password: 'a long password', role: 'viewer' };
    const first = await ask('create-user', request, context, key);
    expect(await ask('create-user', request, context, key)).toEqual(first);
    expect((await ask('create-user', { ...request, role: 'admin' }, context, key)).status).toBe(409);
    const apiKey = { name: 'kept', role: 'viewer' };
    const made = await ask('create-api-key', apiKey, context, { 'Scm-Idempotency-Key': 'two' });
    expect(await ask('create-api-key', apiKey, context, { 'Scm-Idempotency-Key': 'two' })).toEqual(made);
    const rows = await mesh.database.query(`select reply from auth.idempotency_keys`);
    expect(JSON.stringify(rows)).not.toContain('scm_key_');
  });

  it('keeps two workspaces apart', async () => {
    const { context } = await contextOf((await login()).accessToken);
    await ask('create-workspace', { name: 'other' }, context);
    const pair = (await ask('login', { username: 'root', password: admin.SCM_BOOTSTRAP_PASSWORD, workspace: 'other' }))
      .body;
    const other = await contextOf(pair.accessToken as unknown as string);
    expect(other.actor.workspaceId).not.toBe(DEFAULT_WORKSPACE_ID);
    const users = (await ask('list-users', {}, other.context)).body.items as unknown as unknown[];
    expect(users).toHaveLength(1);
    expect((await ask('list-api-keys', {}, other.context)).body.items as unknown as unknown[]).toHaveLength(0);
  });

  it('collects the audit rows of logins and denials', async () => {
    const { context } = await contextOf((await login()).accessToken);
    const actions = await waitFor(async () => {
      const page = (await ask('list-audit', { limit: 200 }, context)).body.items as unknown as {
        action: string;
        outcome: string;
      }[];
      const seen = page.map((entry) => `${entry.action} ${entry.outcome}`);
      return seen.includes('auth.login allowed') && seen.includes('members:write denied') && seen;
    });
    expect(actions).toContain('auth.login denied');
  });

  it('rotates the signing key and still accepts what the old one signed', async () => {
    const pair = await login();
    const { context } = await contextOf(pair.accessToken);
    const jwks = (await ask('rotate-signing-key', {}, context)).body as unknown as { keys: unknown[] };
    expect(jwks.keys).toHaveLength(2);
    expect((await ask('exchange', { credential: pair.accessToken })).status).toBe(200);
  });

  it('changes the password and ends every session', async () => {
    const pair = await login();
    const { context } = await contextOf(pair.accessToken);
    const changed = await ask(
      'change-password',
      { currentPassword: admin.SCM_BOOTSTRAP_PASSWORD, newPassword: 'another good one' },
      context,
    );
    expect(changed.status).toBe(200);
    expect((await ask('refresh', { refreshToken: pair.refreshToken })).status).toBe(401);
    expect((await ask('login', { username: 'root', password: 'another good one' })).status).toBe(200);
  });

  it('has migrations that make what the entities say', async () => {
    expect(await schemaDrift(database, mesh.database.url)).toEqual([]);
  });
});
