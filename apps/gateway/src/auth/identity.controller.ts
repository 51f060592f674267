import { Controller } from '@nestjs/common';
import {
  AuthApi,
  type ApiKeyPage,
  type AuditPage,
  type CreatedApiKey,
  type Member,
  type MemberPage,
  type Nothing,
  type Workspace,
  type WorkspacePage,
} from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

/** Users, workspaces, API keys and the audit. */
@Controller('api/v1')
export class IdentityController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', 'users', AuthApi.listUsers, 'List the members of the workspace')
  listUsers(@Call() call: HttpCall): Promise<JsonText<MemberPage>> {
    return this.mesh.forward(AuthApi.listUsers, call);
  }

  @Route('POST', 'users', AuthApi.createUser, 'Create a user as a member of the workspace', { status: 201 })
  createUser(@Call() call: HttpCall): Promise<JsonText<Member>> {
    return this.mesh.forward(AuthApi.createUser, call);
  }

  @Route('PATCH', 'users/:id', AuthApi.updateMember, 'Change a member’s role or state')
  updateMember(@Call() call: HttpCall): Promise<JsonText<Member>> {
    return this.mesh.forward(AuthApi.updateMember, call);
  }

  @Route('GET', 'workspaces', AuthApi.listWorkspaces, 'List the workspaces of the caller')
  listWorkspaces(@Call() call: HttpCall): Promise<JsonText<WorkspacePage>> {
    return this.mesh.forward(AuthApi.listWorkspaces, call);
  }

  @Route('POST', 'workspaces', AuthApi.createWorkspace, 'Create a workspace; the caller administers it', {
    status: 201,
  })
  createWorkspace(@Call() call: HttpCall): Promise<JsonText<Workspace>> {
    return this.mesh.forward(AuthApi.createWorkspace, call);
  }

  @Route('GET', 'api-keys', AuthApi.listApiKeys, 'List API keys; their secrets are never shown again')
  listApiKeys(@Call() call: HttpCall): Promise<JsonText<ApiKeyPage>> {
    return this.mesh.forward(AuthApi.listApiKeys, call);
  }

  @Route('POST', 'api-keys', AuthApi.createApiKey, 'Create an API key', { status: 201 })
  createApiKey(@Call() call: HttpCall): Promise<JsonText<CreatedApiKey>> {
    return this.mesh.forward(AuthApi.createApiKey, call);
  }

  @Route('DELETE', 'api-keys/:id', AuthApi.revokeApiKey, 'Revoke an API key')
  revokeApiKey(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(AuthApi.revokeApiKey, call);
  }

  @Route('GET', 'audit', AuthApi.listAudit, 'List the audit, newest first')
  listAudit(@Call() call: HttpCall): Promise<JsonText<AuditPage>> {
    return this.mesh.forward(AuthApi.listAudit, call);
  }
}
