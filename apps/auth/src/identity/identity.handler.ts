import { Controller } from '@nestjs/common';
import {
  AuthApi,
  type CreateUserRequest,
  type CreateWorkspaceRequest,
  type Identity,
  type Member,
  type MemberPage,
  type PageRequest,
  type UpdateMemberRequest,
  type Workspace,
  type WorkspacePage,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { IdentityService } from './identity.service.js';

@Controller()
export class IdentityHandler {
  constructor(private readonly identity: IdentityService) {}

  @Rpc(AuthApi.whoAmI)
  whoAmI(): Promise<Identity> {
    return this.identity.whoAmI();
  }

  @Rpc(AuthApi.createUser)
  createUser(request: CreateUserRequest): Promise<Member> {
    return this.identity.createUser(request);
  }

  @Rpc(AuthApi.updateMember)
  updateMember(request: UpdateMemberRequest): Promise<Member> {
    return this.identity.updateMember(request);
  }

  @Rpc(AuthApi.listUsers)
  listUsers(request: PageRequest): Promise<MemberPage> {
    return this.identity.listUsers(request);
  }

  @Rpc(AuthApi.createWorkspace)
  createWorkspace(request: CreateWorkspaceRequest): Promise<Workspace> {
    return this.identity.createWorkspace(request);
  }

  @Rpc(AuthApi.listWorkspaces)
  listWorkspaces(request: PageRequest): Promise<WorkspacePage> {
    return this.identity.listWorkspaces(request);
  }
}
