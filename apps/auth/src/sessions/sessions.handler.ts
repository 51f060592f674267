import { Controller } from '@nestjs/common';
import {
  AuthApi,
  type ChangePasswordRequest,
  type LoginRequest,
  type Nothing,
  type RefreshRequest,
  type TokenPair,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { SessionsService } from './sessions.service.js';

@Controller()
export class SessionsHandler {
  constructor(private readonly sessions: SessionsService) {}

  @Rpc(AuthApi.login)
  login(request: LoginRequest): Promise<TokenPair> {
    return this.sessions.login(request);
  }

  @Rpc(AuthApi.refresh)
  refresh(request: RefreshRequest): Promise<TokenPair> {
    return this.sessions.refresh(request);
  }

  @Rpc(AuthApi.logout)
  logout(): Promise<Nothing> {
    return this.sessions.logout();
  }

  @Rpc(AuthApi.changePassword)
  changePassword(request: ChangePasswordRequest): Promise<Nothing> {
    return this.sessions.changePassword(request);
  }
}
