import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { services, type Actor } from '@scm/contracts';
import { ContextSigner, ContextVerifier } from '@scm/policy';

const folder = mkdtempSync(path.join(tmpdir(), 'scm-image-'));
afterAll(() => rmSync(folder, { recursive: true }));

function script(name: string, args: readonly string[], env: Record<string, string> = {}): ReturnType<typeof spawnSync> {
  const file = path.join(import.meta.dirname, '../../deploy', name);
  return spawnSync(process.execPath, [file, ...args], { encoding: 'utf8', env: { ...process.env, ...env } });
}

describe('the probe', () => {
  const heartbeat = path.join(folder, 'heartbeat');
  const probe = (...args: string[]): number | null =>
    script('probe.mjs', args, { SCM_HEARTBEAT_FILE: heartbeat }).status;

  it('fails before the first heartbeat and where none is declared', () => {
    expect(probe()).toBe(1);
    expect(script('probe.mjs', [], { SCM_HEARTBEAT_FILE: '' }).status).toBe(1);
  });

  it('passes while the heartbeat is young enough', () => {
    writeFileSync(heartbeat, '');
    expect(probe()).toBe(0);
    const minuteAgo = Date.now() / 1_000 - 60;
    utimesSync(heartbeat, minuteAgo, minuteAgo);
    expect([probe('10'), probe('300'), probe('soon')]).toEqual([1, 0, 1]);
  });
});

describe('the entry', () => {
  it.each([[[]], [['web']], [['../apps/auth']], [['constructor']]])('refuses %j and names the services', (args) => {
    const { status, stderr } = script('entrypoint.mjs', args);
    expect([status, String(stderr)]).toEqual([2, expect.stringMatching(/is no service of this image: .*auth/)]);
  });

  it('runs the service itself, which then says what it lacks', () => {
    const { status, stderr } = script('entrypoint.mjs', ['auth', 'migrate'], { SCM_DATABASE_URL: '' });
    expect([status, String(stderr)]).toEqual([1, expect.stringMatching(/^auth: [^]*SCM_DATABASE_OWNER_URL/)]);
  });
});

interface Secret {
  metadata: { name: string };
  stringData: Record<string, string>;
}

describe('the secrets it makes', () => {
  const { items } = JSON.parse(String(script('make-secrets.mjs', ['--admin', 'root']).stdout)) as { items: Secret[] };
  const data = (name: string): Record<string, string> =>
    items.find((item) => item.metadata.name === name)?.stringData ?? {};

  it('hold a context key for each service that all others accept', async () => {
    const keys = data('scm-context-keys');
    expect(Object.keys(keys).sort()).toEqual(['public.json', ...services.map((name) => `${name}.json`)].sort());
    const verifier = new ContextVerifier(String(keys['public.json']));
    for (const name of services) {
      const actor: Actor = { kind: 'service', id: name, name, workspaceId: 'w1' };
      expect(await verifier.verify(await new ContextSigner(String(keys[`${name}.json`])).sign(actor))).toEqual(actor);
    }
  });

  it('hold an encryption key of 32 bytes and the administrator', () => {
    expect(Buffer.from(String(data('scm-encryption')['key']), 'base64url')).toHaveLength(32);
    expect(data('scm-bootstrap-admin')).toEqual({ username: 'root', password: expect.stringMatching(/^[\w-]{24}$/) });
  });

  it('leave the administrator out unless asked', () => {
    expect(String(script('make-secrets.mjs', []).stdout)).not.toContain('scm-bootstrap-admin');
  });
});
