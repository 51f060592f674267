import { Injectable } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import {
  invalidField,
  roles,
  ServiceError,
  type Actor,
  type ApiKey,
  type ApiKeyPage,
  type CallContext,
  type CreateApiKeyRequest,
  type CreatedApiKey,
  type ExchangeRequest,
  type Nothing,
  type PageRequest,
  type Role,
} from '@scm/contracts';
import { decodeCursor, newId, toPage } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { ContextSigner } from '@scm/policy';
import { SigningKeysService } from '../signing-keys/signing-keys.service.js';
import { ApiKeysRepository, type ApiKeyRow } from './api-keys.repository.js';
import { isSecret, makeApiKey, parseApiKey } from './api-key.js';

const CONTEXT_SECONDS = 40;

/** API keys, and the exchange of a credential for a call context. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly apiKeys: ApiKeysRepository,
    private readonly signingKeys: SigningKeysService,
    private readonly signer: ContextSigner,
    private readonly audit: AuditLog,
  ) {}

  async create({ name, role, expiresAt }: CreateApiKeyRequest): Promise<CreatedApiKey> {
    const actor = currentActor();
    if (expiresAt && Date.parse(expiresAt) <= Date.now()) throw invalidField('expiresAt', 'lies in the past');
    if (rank(role) > rank(actor.role))
      throw new ServiceError('PERMISSION_DENIED', 'a key may not do more than its creator');
    const id = newId();
    const { apiKey, secretHash } = makeApiKey(id);
    const { workspaceId } = actor;
    const row = await this.apiKeys.inWorkspace(workspaceId, async (tx) => {
      const resource = { resourceType: 'api-key', resourceId: id };
      await this.audit.record(tx, {
        actor,
        action: 'api-keys:write',
        outcome: 'done',
        ...resource,
        details: { name, role },
      });
      return this.apiKeys.add(tx, { id, workspaceId, name, role, secretHash, createdBy: actor.id, expiresAt });
    });
    if (!row) throw new ServiceError('ALREADY_EXISTS', `the API key ${id} belongs to another workspace`);
    return { ...toApiKey(row), apiKey };
  }

  async list({ limit = 50, cursor }: PageRequest): Promise<ApiKeyPage> {
    const after = cursor ? decodeCursor(cursor, ['instant', 'uuid']) : undefined;
    const { workspaceId } = currentActor();
    const rows = await this.apiKeys.inWorkspace(workspaceId, (tx) => this.apiKeys.list(tx, limit + 1, after));
    return toPage(rows, limit, (row) => [row.created_at.toISOString(), row.id], toApiKey);
  }

  async revoke(id: string): Promise<Nothing> {
    const actor = currentActor();
    await this.apiKeys.inWorkspace(actor.workspaceId, async (tx) => {
      if (!(await this.apiKeys.find(tx, id))) throw new ServiceError('NOT_FOUND', `no API key ${id}`);
      await this.apiKeys.revoke(tx, id);
      const resource = { resourceType: 'api-key', resourceId: id };
      await this.audit.record(tx, { actor, action: 'api-keys:write', outcome: 'done', ...resource, reason: 'revoked' });
    });
    return {};
  }

  async exchange({ credential }: ExchangeRequest): Promise<CallContext> {
    const actor = parseApiKey(credential) ? await this.actorOfKey(credential) : await this.actorOfToken(credential);
    const context = await this.signer.sign(actor);
    return { context, expiresAt: new Date(Date.now() + CONTEXT_SECONDS * 1_000).toISOString(), actor: { ...actor } };
  }

  private async actorOfKey(credential: string): Promise<Actor> {
    const parts = parseApiKey(credential);
    const row = parts && (await this.apiKeys.use(parts.id));
    if (!parts || !row?.usable || !isSecret(parts.secret, row.secret_hash)) {
      throw new ServiceError('UNAUTHENTICATED', 'the API key is not valid');
    }
    return { kind: 'api-key', id: row.id, name: row.name, workspaceId: row.workspace_id, role: row.role };
  }

  private async actorOfToken(credential: string): Promise<Actor> {
    const { sub, sid, ws, role, name } = await this.signingKeys.verify(credential);
    const [id, sessionId, workspaceId] = [String(sub), String(sid), String(ws)];
    return { kind: 'user', id, name: String(name), workspaceId, role: role as Role, sessionId };
  }
}

function rank(role: Role | undefined): number {
  return role ? roles.indexOf(role) : -1;
}

function toApiKey(row: ApiKeyRow): ApiKey {
  const { id, name, role } = row;
  const optional = { expiresAt: row.expires_at, revokedAt: row.revoked_at, lastUsedAt: row.last_used_at };
  const times = Object.entries(optional).flatMap(([key, time]) => (time ? [[key, time.toISOString()]] : []));
  return { id, name, role, createdAt: row.created_at.toISOString(), ...Object.fromEntries(times) };
}
