import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditLog, type AuditActor } from '@scm/audit';
import {
  accessToken,
  DEFAULT_WORKSPACE_ID,
  ServiceError,
  type Actor,
  type ChangePasswordRequest,
  type LoginRequest,
  type Nothing,
  type RefreshRequest,
  type TokenPair,
} from '@scm/contracts';
import { newId } from '@scm/database';
import { currentActor, currentTraceId } from '@scm/messaging';
import { IdentityRepository } from '../identity/identity.repository.js';
import { hashPassword, isPassword } from '../identity/password.js';
import { SigningKeysService } from '../signing-keys/signing-keys.service.js';
import { SessionsRepository, type SessionRow } from './sessions.repository.js';

/** Logins, and the token pairs that keep them going. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly identities: IdentityRepository,
    private readonly sessions: SessionsRepository,
    private readonly keys: SigningKeysService,
    private readonly audit: AuditLog,
  ) {}

  async login({ username, password, workspace }: LoginRequest): Promise<TokenPair> {
    const user = await this.identities.transaction((tx) => this.identities.findUser(tx, { username }));
    if (!(await isPassword(password, user?.password_hash)) || !user)
      return this.refuseLogin(username, 'wrong credentials');
    return this.sessions.transaction(async (tx) => {
      const [membership] = await this.identities.membershipsOf(tx, user.id, { workspace });
      if (!membership) throw new ServiceError('UNAUTHENTICATED', 'the user belongs to no such workspace');
      const session = { id: newId(), workspaceId: membership.workspace_id, userId: user.id };
      await this.sessions.open(tx, session);
      const actor = {
        ...userActor(user.id, user.username, membership.workspace_id, session.id),
        role: membership.role,
      };
      await this.record(tx, actor, 'auth.login', 'allowed');
      return this.issue(tx, actor);
    });
  }

  async refresh({ refreshToken }: RefreshRequest): Promise<TokenPair> {
    const hash = hashOf(refreshToken);
    const pair = await this.sessions.transaction(async (tx) => {
      const session = await this.sessions.consume(tx, hash);
      return session?.live ? this.renew(tx, session) : undefined;
    });
    return pair ?? this.refuseRefresh(hash);
  }

  async logout(): Promise<Nothing> {
    const actor = currentActor();
    const { sessionId } = actor;
    if (!sessionId) throw new ServiceError('FAILED_PRECONDITION', 'an API key has no session: revoke the key instead');
    await this.sessions.transaction(async (tx) => {
      await this.sessions.revoke(tx, { id: sessionId }, 'logout');
      await this.record(tx, actor, 'auth.logout', 'done');
    });
    return {};
  }

  /** Ends every session of the user: whoever knew the old password is out. */
  async changePassword({ currentPassword, newPassword }: ChangePasswordRequest): Promise<Nothing> {
    const actor = currentActor();
    const user =
      actor.kind === 'user' &&
      (await this.identities.transaction((tx) => this.identities.findUser(tx, { id: actor.id })));
    if (!user) throw new ServiceError('FAILED_PRECONDITION', 'only a user has a password');
    if (!(await isPassword(currentPassword, user.password_hash))) {
      await this.sessions.transaction((tx) => this.record(tx, actor, 'auth.change-password', 'denied'));
      throw new ServiceError('PERMISSION_DENIED', 'the current password is wrong');
    }
    const passwordHash = await hashPassword(newPassword);
    await this.sessions.transaction(async (tx) => {
      await this.identities.setPassword(tx, user.id, passwordHash);
      await this.sessions.revoke(tx, { userId: user.id }, 'password changed');
      await this.record(tx, actor, 'auth.change-password', 'done');
    });
    return {};
  }

  private async renew(tx: EntityManager, session: SessionRow): Promise<TokenPair | undefined> {
    const user = await this.identities.findUser(tx, { id: session.user_id });
    const role = await this.identities.roleIn(tx, session.user_id, session.workspace_id);
    if (!user || !role) return undefined;
    return this.issue(tx, { ...userActor(user.id, user.username, session.workspace_id, session.id), role });
  }

  private async issue(tx: EntityManager, actor: Actor & { sessionId: string }): Promise<TokenPair> {
    const refreshToken = randomBytes(32).toString('base64url');
    const { workspaceId, sessionId } = actor;
    await this.sessions.addToken(tx, { hash: hashOf(refreshToken), workspaceId, sessionId });
    return {
      accessToken: await this.keys.sign(actor),
      refreshToken,
      tokenType: 'Bearer',
      expiresInSeconds: accessToken.lifetimeSeconds,
      workspaceId,
    };
  }

  /** A used token that comes again was stolen or copied: its whole session ends, unless it is one client's own race. */
  private async refuseRefresh(hash: string): Promise<never> {
    const reason = await this.sessions.transaction(async (tx) => {
      const consumed = await this.sessions.findConsumed(tx, hash);
      if (!consumed) return 'the refresh token is not valid';
      if (consumed.raced) return 'refresh_raced: this token was used a moment ago';
      const session = await this.sessions.find(tx, consumed.session_id);
      await this.sessions.revoke(tx, { id: consumed.session_id }, 'refresh token reused');
      if (session) {
        const actor = userActor(session.user_id, session.user_id, session.workspace_id, session.id);
        await this.record(tx, actor, 'auth.refresh-reuse', 'denied');
      }
      return 'the refresh token was used before: its session has ended';
    });
    throw new ServiceError('UNAUTHENTICATED', reason);
  }

  private async refuseLogin(username: string, reason: string): Promise<never> {
    const anonymous = { kind: 'anonymous', id: username, name: username, workspaceId: DEFAULT_WORKSPACE_ID } as const;
    await this.sessions.transaction((tx) => this.record(tx, anonymous, 'auth.login', 'denied', reason));
    throw new ServiceError('UNAUTHENTICATED', 'the username or the password is wrong');
  }

  private async record(
    tx: EntityManager,
    actor: AuditActor,
    action: string,
    outcome: 'allowed' | 'denied' | 'done',
    reason?: string,
  ): Promise<void> {
    await this.audit.record(tx, { actor, action, outcome, reason, traceId: currentTraceId() });
  }
}

function userActor(id: string, name: string, workspaceId: string, sessionId: string): Actor & { sessionId: string } {
  return { kind: 'user', id, name, workspaceId, sessionId };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
