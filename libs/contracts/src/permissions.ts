/** Everything a member of a workspace may be allowed to do. Names are `<resource>:<read|write|use>`. */
export const permissions = [
  'system:read',
  'metrics:read',
  'metrics:write',
  'rules:read',
  'rules:write',
  'alerts:read',
  'alerts:write',
  'silences:write',
  'workflows:read',
  'workflows:write',
  'executions:read',
  'executions:write',
  'notifications:read',
  'notifications:write',
  'webhooks:read',
  'webhooks:write',
  'email-contacts:read',
  'email-contacts:write',
  'templates:read',
  'templates:write',
  'members:read',
  'members:write',
  'workspaces:write',
  'api-keys:read',
  'api-keys:write',
  'signing-keys:write',
  'audit:read',
  'mcp:use',
  'upstreams:read',
  'upstreams:write',
  'upstreams:use',
  'captures:read',
  'captures:write',
  'extensions:read',
] as const;

export type Permission = (typeof permissions)[number];

/**
 * Who may call a contract, reach a route, channel or tool:
 * - `public`: anyone, without credentials;
 * - `authenticated`: any caller whose identity is proved, whatever the role;
 * - `internal`: only a service of the mesh;
 * - a Permission: whom the policy permits it.
 */
export type Access = 'public' | 'authenticated' | 'internal' | Permission;

export const roles = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

export function isPermission(access: Access): access is Permission {
  return (permissions as readonly string[]).includes(access);
}
