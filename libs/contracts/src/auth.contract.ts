import { rpc } from './define.js';
import { Id, Instant, JsonList, JsonObject, ListOf, Name, OneOf, Text, Texts, Whole } from './fields.js';
import { Nothing, PageRequest } from './page.js';
import { permissions, roles, type Permission, type Role } from './permissions.js';

const MAX_TOKEN = 4_096;

export class LoginRequest {
  @Text({ max: 128 }) username: string;
  @Text({ max: 1_024 }) password: string;
  /** The name of the workspace to work in; without it the user's first one. */
  @Name({ optional: true }) workspace?: string;
}

export class TokenPair {
  /** ES256, five minutes. */
  @Text({ max: MAX_TOKEN }) accessToken: string;
  /** Opaque, used once: each refresh gives the next one. */
  @Text({ max: MAX_TOKEN }) refreshToken: string;
  @OneOf(['Bearer']) tokenType: 'Bearer';
  @Whole() expiresInSeconds: number;
  @Id() workspaceId: string;
}

export class RefreshRequest {
  @Text({ max: MAX_TOKEN }) refreshToken: string;
}

export class ChangePasswordRequest {
  @Text({ max: 1_024 }) currentPassword: string;
  @Text({ min: 12, max: 1_024 }) newPassword: string;
}

export class Jwks {
  @JsonList({ max: 16 }) keys: Record<string, unknown>[];
}

/** Trades an API key or an access token for a call context, as a NATS client does before it calls other services. */
export class ExchangeRequest {
  @Text({ max: MAX_TOKEN }) credential: string;
}

export class CallContext {
  /** Goes into the `Scm-Context` header of NATS requests. */
  @Text({ max: MAX_TOKEN }) context: string;
  @Instant() expiresAt: string;
  @JsonObject() actor: Record<string, unknown>;
}

export class Identity {
  @Id() id: string;
  @OneOf(['user', 'api-key', 'service']) kind: 'user' | 'api-key' | 'service';
  @Text({ max: 128 }) name: string;
  @Id() workspaceId: string;
  @OneOf(roles, { optional: true }) role?: Role;
  @Texts({ max: 64, of: permissions }) permissions: Permission[];
}

export class CreateUserRequest {
  @Name() username: string;
  @Text({ min: 12, max: 1_024 }) password: string;
  @OneOf(roles) role: Role;
}

export class Member {
  @Id() id: string;
  @Name() username: string;
  @OneOf(roles) role: Role;
  @Instant() createdAt: string;
  @Instant({ optional: true }) disabledAt?: string;
}

/** Changes a member's role, or ends (`null` role is not a thing: use `disabled`) the membership's use. */
export class UpdateMemberRequest {
  @Id() id: string;
  @OneOf(roles, { optional: true }) role?: Role;
  @OneOf(['active', 'disabled'], { optional: true }) state?: 'active' | 'disabled';
}

export class MemberPage {
  @ListOf(() => Member) items: Member[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class CreateWorkspaceRequest {
  @Name() name: string;
}

export class Workspace {
  @Id() id: string;
  @Name() name: string;
  /** The caller's role in it. */
  @OneOf(roles) role: Role;
  @Instant() createdAt: string;
}

export class WorkspacePage {
  @ListOf(() => Workspace) items: Workspace[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class CreateApiKeyRequest {
  @Name() name: string;
  @OneOf(roles) role: Role;
  /** Without it the key does not expire by itself. */
  @Instant({ optional: true }) expiresAt?: string;
}

export class ApiKey {
  @Id() id: string;
  @Name() name: string;
  @OneOf(roles) role: Role;
  @Instant() createdAt: string;
  @Instant({ optional: true }) expiresAt?: string;
  @Instant({ optional: true }) revokedAt?: string;
  @Instant({ optional: true }) lastUsedAt?: string;
}

export class CreatedApiKey extends ApiKey {
  /** Shown this once; only its hash is stored. */
  @Text({ max: 256 }) apiKey: string;
}

export class ApiKeyPage {
  @ListOf(() => ApiKey) items: ApiKey[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class ById {
  @Id() id: string;
}

/** One audit row as services hand it to auth and as auth shows it. */
export class AuditEntry {
  @Id() id: string;
  @Id() workspaceId: string;
  @Instant() at: string;
  @Text({ max: 64 }) service: string;
  @Text({ max: 16 }) actorKind: string;
  @Text({ max: 128 }) actorId: string;
  @Text({ max: 128 }) actorName: string;
  @Text({ max: 128, optional: true }) onBehalfOf?: string;
  @Text({ max: 128 }) action: string;
  @Text({ max: 64, optional: true }) resourceType?: string;
  @Text({ max: 256, optional: true }) resourceId?: string;
  @OneOf(['allowed', 'denied', 'failed', 'started', 'done', 'unknown']) outcome: string;
  @Text({ max: 512, optional: true }) reason?: string;
  @JsonObject({ optional: true }) details?: Record<string, unknown>;
  @Text({ max: 32, optional: true }) traceId?: string;
}

export class AuditBatch {
  @ListOf(() => AuditEntry, { max: 500 }) entries: AuditEntry[];
}

export class ListAuditRequest extends PageRequest {
  @Text({ max: 128, optional: true }) action?: string;
  @Text({ max: 128, optional: true }) actorId?: string;
  @OneOf(['allowed', 'denied', 'failed', 'started', 'done', 'unknown'], { optional: true }) outcome?: string;
}

export class AuditPage {
  @ListOf(() => AuditEntry) items: AuditEntry[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

const service = 'auth';

export const AuthApi = {
  login: rpc('auth.v1.login', LoginRequest, TokenPair, { service, access: 'public', changes: true }),
  refresh: rpc('auth.v1.refresh', RefreshRequest, TokenPair, { service, access: 'public', changes: true }),
  jwks: rpc('auth.v1.get-jwks', Nothing, Jwks, { service, access: 'public', changes: false }),
  exchange: rpc('auth.v1.exchange', ExchangeRequest, CallContext, { service, access: 'public', changes: false }),
  logout: rpc('auth.v1.logout', Nothing, Nothing, { service, access: 'authenticated', changes: true }),
  changePassword: rpc('auth.v1.change-password', ChangePasswordRequest, Nothing, {
    service,
    access: 'authenticated',
    changes: true,
  }),
  whoAmI: rpc('auth.v1.who-am-i', Nothing, Identity, { service, access: 'authenticated', changes: false }),
  createUser: rpc('auth.v1.create-user', CreateUserRequest, Member, {
    service,
    access: 'members:write',
    changes: true,
  }),
  updateMember: rpc('auth.v1.update-member', UpdateMemberRequest, Member, {
    service,
    access: 'members:write',
    changes: true,
  }),
  listUsers: rpc('auth.v1.list-users', PageRequest, MemberPage, { service, access: 'members:read', changes: false }),
  createWorkspace: rpc('auth.v1.create-workspace', CreateWorkspaceRequest, Workspace, {
    service,
    access: 'workspaces:write',
    changes: true,
  }),
  listWorkspaces: rpc('auth.v1.list-workspaces', PageRequest, WorkspacePage, {
    service,
    access: 'authenticated',
    changes: false,
  }),
  createApiKey: rpc('auth.v1.create-api-key', CreateApiKeyRequest, CreatedApiKey, {
    service,
    access: 'api-keys:write',
    changes: true,
  }),
  listApiKeys: rpc('auth.v1.list-api-keys', PageRequest, ApiKeyPage, {
    service,
    access: 'api-keys:read',
    changes: false,
  }),
  revokeApiKey: rpc('auth.v1.revoke-api-key', ById, Nothing, { service, access: 'api-keys:write', changes: true }),
  rotateSigningKey: rpc('auth.v1.rotate-signing-key', Nothing, Jwks, {
    service,
    access: 'signing-keys:write',
    changes: true,
  }),
  collectAudit: rpc('auth.v1.collect-audit', AuditBatch, Nothing, { service, access: 'internal', changes: false }),
  listAudit: rpc('auth.v1.list-audit', ListAuditRequest, AuditPage, { service, access: 'audit:read', changes: false }),
};

/** What an access token is: the gateway accepts nothing else. */
export const accessToken = {
  issuer: 'urn:scm:auth',
  audience: 'urn:scm:gateway',
  type: 'at+jwt',
  algorithm: 'ES256',
  lifetimeSeconds: 300,
} as const;
