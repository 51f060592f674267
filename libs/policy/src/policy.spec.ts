import { describe, expect, it } from '@jest/globals';
import { permissions, roles, ServiceError, type Access, type Actor, type Permission, type Role } from '@scm/contracts';
import { Policy } from './index.js';
import { policies } from './policies.cedar.js';
import { assertFitsSchema } from './policy.js';

it('has shipped policies that fit the schema', () => {
  expect(() => assertFitsSchema(policies)).not.toThrow();
});

const policy = new Policy();
const home = 'workspace-a';
const member = (role?: Role): Actor => ({
  kind: 'user',
  id: 'u1',
  name: 'ada',
  workspaceId: home,
  ...(role && { role }),
});
const service: Actor = { kind: 'service', id: 'notifier', name: 'notifier', workspaceId: home };

// y: may, -: may not. The whole matrix, so that any change of policy shows up here.
const matrix: Record<Permission, string> = {
  //                    viewer operator admin service
  'system:read':        'y y y y', // prettier-ignore
  'metrics:read':       'y y y y', // prettier-ignore
  'metrics:write':      '- y y y', // prettier-ignore
  'rules:read':         'y y y y', // prettier-ignore
  'rules:write':        '- y y y', // prettier-ignore
  'alerts:read':        'y y y y', // prettier-ignore
  'alerts:write':       '- y y y', // prettier-ignore
  'silences:write':     '- y y y', // prettier-ignore
  'workflows:read':     'y y y y', // prettier-ignore
  'workflows:write':    '- y y y', // prettier-ignore
  'executions:read':    'y y y y', // prettier-ignore
  'executions:write':   '- y y y', // prettier-ignore
  'notifications:read': 'y y y y', // prettier-ignore
  'notifications:write':'- y y y', // prettier-ignore
  'webhooks:read':      '- y y y', // prettier-ignore
  'webhooks:write':     '- - y y', // prettier-ignore
  'email-contacts:read':'- y y y', // prettier-ignore
  'email-contacts:write':'- - y y', // prettier-ignore
  'templates:read':     'y y y y', // prettier-ignore
  'templates:write':    '- y y y', // prettier-ignore
  'members:read':       '- - y y', // prettier-ignore
  'members:write':      '- - y y', // prettier-ignore
  'workspaces:write':   '- - y y', // prettier-ignore
  'api-keys:read':      '- - y y', // prettier-ignore
  'api-keys:write':     '- - y y', // prettier-ignore
  'signing-keys:write': '- - y y', // prettier-ignore
  'audit:read':         '- - y y', // prettier-ignore
  'mcp:use':            'y y y y', // prettier-ignore
  'upstreams:read':     'y y y y', // prettier-ignore
  'upstreams:write':    '- - y y', // prettier-ignore
  'upstreams:use':      '- y y y', // prettier-ignore
  'captures:read':      '- - y y', // prettier-ignore
  'captures:write':     '- - y y', // prettier-ignore
  'extensions:read':    'y y y y', // prettier-ignore
};

describe('the permission matrix', () => {
  it.each(permissions)('%s', (permission) => {
    const row = [...roles.map(member), service].map((actor) =>
      policy.decide({ actor, permission, resource: { workspaceId: home } }).allowed ? 'y' : '-',
    );
    expect(row.join(' ')).toBe(matrix[permission]);
  });

  it.each(permissions)('%s stays inside the workspace', (permission) => {
    for (const actor of [...roles.map(member), service]) {
      const decision = policy.decide({ actor, permission, resource: { workspaceId: 'workspace-b' } });
      expect(decision).toEqual({ allowed: false, reasons: ['own-workspace'] });
    }
  });

  it('gives a member without a role nothing', () => {
    const allowed = permissions.filter(
      (permission) => policy.decide({ actor: member(), permission, resource: { workspaceId: home } }).allowed,
    );
    expect(allowed).toEqual([]);
  });
});

describe('decide', () => {
  it('names the policy that permits, and none when nothing does', () => {
    const ask = (role: Role) =>
      policy.decide({ actor: member(role), permission: 'rules:write', resource: { workspaceId: home } });
    expect(ask('admin')).toEqual({ allowed: true, reasons: ['operator-operates'] });
    expect(ask('viewer')).toEqual({ allowed: false, reasons: [] });
  });

  it('does not mistake one role of the same user for another in its cache', () => {
    const ask = (role: Role) =>
      policy.decide({ actor: member(role), permission: 'audit:read', resource: { workspaceId: home } });
    expect([ask('admin').allowed, ask('viewer').allowed, ask('admin').allowed]).toEqual([true, false, true]);
  });

  it('judges arguments afresh each time, where a policy reads them', () => {
    const careful = new Policy({
      ...policies,
      'no-reboot':
        'forbid (principal, action, resource) when { resource.hasTag("command") && resource.getTag("command") like "reboot*" };',
    });
    const ask = (command: unknown) =>
      careful.decide({
        actor: member('admin'),
        permission: 'mcp:use',
        resource: { workspaceId: home },
        arguments: { command },
      });
    expect(ask('uptime').allowed).toBe(true);
    expect(ask('reboot now')).toEqual({ allowed: false, reasons: ['no-reboot'] });
    expect(ask({ deep: ['reboot'] }).allowed).toBe(true);
  });

  it('denies when a policy cannot be evaluated', () => {
    const broken = new Policy({
      ...policies,
      overflow: 'forbid (principal, action, resource) when { 9223372036854775807 + 1 > 0 };',
    });
    const decision = broken.decide({
      actor: member('admin'),
      permission: 'metrics:read',
      resource: { workspaceId: home },
    });
    expect(decision).toEqual({ allowed: false, reasons: ['overflow'] });
  });
});

describe('a policy set', () => {
  it.each([
    ['does not parse', 'permit (principal, action'],
    ['names an unknown action', 'permit (principal, action == Action::"metrics:reed", resource);'],
    ['reads an unknown attribute', 'permit (principal, action, resource) when { principal.clearance > 3 };'],
  ])('is refused when one policy %s', (_fault, text) => {
    expect(() => new Policy({ ...policies, typo: text })).toThrow();
  });
});

describe('authorize', () => {
  const outcome = (access: Access, actor: Actor | undefined): string => {
    try {
      policy.authorize(access, actor);
      return 'passes';
    } catch (error) {
      return error instanceof ServiceError ? error.code : String(error);
    }
  };

  it.each<[Access, string, string, string]>([
    // access, nobody, viewer, service
    ['public', 'passes', 'passes', 'passes'],
    ['authenticated', 'UNAUTHENTICATED', 'passes', 'passes'],
    ['internal', 'UNAUTHENTICATED', 'PERMISSION_DENIED', 'passes'],
    ['metrics:read', 'UNAUTHENTICATED', 'passes', 'passes'],
    ['metrics:write', 'UNAUTHENTICATED', 'PERMISSION_DENIED', 'passes'],
  ])('%s: nobody %s, a viewer %s, a service %s', (access, nobody, viewer, mesh) => {
    expect([outcome(access, undefined), outcome(access, member('viewer')), outcome(access, service)]).toEqual([
      nobody,
      viewer,
      mesh,
    ]);
  });

  it('names the permission that is missing', () => {
    expect(() => policy.authorize('audit:read', member('operator'))).toThrow('This needs the permission audit:read');
  });

  it('denies a resource of another workspace', () => {
    const resource = { workspaceId: 'workspace-b', type: 'alert', id: 'a1' };
    expect(() => policy.authorize('alerts:read', member('admin'), { resource })).toThrow(ServiceError);
  });
});
