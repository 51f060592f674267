import { Controller } from '@nestjs/common';
import { AuthApi, type Jwks } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { SigningKeysService } from './signing-keys.service.js';

@Controller()
export class SigningKeysHandler {
  constructor(private readonly keys: SigningKeysService) {}

  @Rpc(AuthApi.jwks)
  jwks(): Promise<Jwks> {
    return this.keys.jwks();
  }

  @Rpc(AuthApi.rotateSigningKey)
  rotate(): Promise<Jwks> {
    return this.keys.rotate();
  }
}
