import type { Permission } from '@scm/contracts';

/** Which group of actions a permission belongs to. A permission that is not listed here does not compile. */
const groups: Record<Permission, 'view' | 'operate' | 'administer'> = {
  'system:read': 'view',
  'metrics:read': 'view',
  'metrics:write': 'operate',
  'rules:read': 'view',
  'rules:write': 'operate',
  'alerts:read': 'view',
  'alerts:write': 'operate',
  'silences:write': 'operate',
  'workflows:read': 'view',
  'workflows:write': 'operate',
  'executions:read': 'view',
  'executions:write': 'operate',
  'notifications:read': 'view',
  'notifications:write': 'operate',
  // A webhook's address often holds the receiver's token, so a viewer does not see it.
  'webhooks:read': 'operate',
  'webhooks:write': 'administer',
  'email-contacts:read': 'operate',
  'email-contacts:write': 'administer',
  'templates:read': 'view',
  'templates:write': 'operate',
  'members:read': 'administer',
  'members:write': 'administer',
  'workspaces:write': 'administer',
  'api-keys:read': 'administer',
  'api-keys:write': 'administer',
  'signing-keys:write': 'administer',
  'audit:read': 'administer',
  'mcp:use': 'view',
  'upstreams:read': 'view',
  'upstreams:write': 'administer',
  // What somebody else's server does with a call is not known beforehand.
  'upstreams:use': 'operate',
  // They show what others say and are told.
  'captures:read': 'administer',
  'captures:write': 'administer',
  'extensions:read': 'view',
};

/**
 * The Cedar schema: one action for each permission. The arguments of a call are string tags of its resource, so that a
 * policy can say `resource.hasTag("host") && resource.getTag("host") like "db-*"`.
 */
export const schema = `
entity Workspace;
entity Role in [Role];
entity Member in [Role] = { workspace: Workspace, apiKey: Bool };
entity Service = { workspace: Workspace };
entity Resource = { workspace: Workspace, kind: String } tags String;

action "view", "operate", "administer";
${Object.entries(groups)
  .map(
    ([name, group]) =>
      `action "${name}" in ["${group}"] appliesTo { principal: [Member, Service], resource: Resource };`,
  )
  .join('\n')}
`;

/** The Cedar policies by id. What no policy permits is denied, and a forbid outweighs every permit. */
export const policies: Readonly<Record<string, string>> = {
  'viewer-views': 'permit (principal in Role::"viewer", action in Action::"view", resource);',
  'operator-operates': 'permit (principal in Role::"operator", action in Action::"operate", resource);',
  'admin-administers': 'permit (principal in Role::"admin", action in Action::"administer", resource);',
  'service-serves': 'permit (principal is Service, action, resource);',
  'own-workspace': 'forbid (principal, action, resource) unless { principal.workspace == resource.workspace };',
};
