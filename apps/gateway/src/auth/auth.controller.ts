import { Controller, Req } from '@nestjs/common';
import { AuthApi, type Identity, type Nothing, type TokenPair } from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import type { GatewayRequest } from '../http/request.js';
import { RateLimiter } from '../limits/rate-limiter.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1/auth')
export class AuthController {
  constructor(
    private readonly mesh: Mesh,
    private readonly limiter: RateLimiter,
  ) {}

  @Route('POST', 'login', AuthApi.login, 'Log in with username and password')
  async login(@Call() call: HttpCall, @Req() request: GatewayRequest): Promise<JsonText<TokenPair>> {
    const { username } = (call.body ?? {}) as { username?: unknown };
    // No text of its own: an object may have a `toString` that is no function.
    await this.limiter.ofLogin(request, typeof username === 'string' ? username.slice(0, 128) : '');
    return this.mesh.forward(AuthApi.login, call);
  }

  @Route('POST', 'refresh', AuthApi.refresh, 'Trade a refresh token for the next pair of tokens')
  refresh(@Call() call: HttpCall): Promise<JsonText<TokenPair>> {
    return this.mesh.forward(AuthApi.refresh, call);
  }

  @Route('POST', 'logout', AuthApi.logout, 'End the session of the access token')
  logout(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(AuthApi.logout, call);
  }

  @Route('POST', 'password', AuthApi.changePassword, 'Change the own password; ends every session')
  changePassword(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(AuthApi.changePassword, call);
  }

  @Route('GET', 'me', AuthApi.whoAmI, 'Who the credential belongs to, and what it may do')
  me(@Call() call: HttpCall): Promise<JsonText<Identity>> {
    return this.mesh.forward(AuthApi.whoAmI, call);
  }

  @Route('POST', 'signing-keys/rotate', AuthApi.rotateSigningKey, 'Sign with a new key from now on')
  rotate(@Call() call: HttpCall): Promise<JsonText<object>> {
    return this.mesh.forward(AuthApi.rotateSigningKey, call);
  }
}
