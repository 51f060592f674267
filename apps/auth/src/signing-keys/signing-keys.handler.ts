import { Controller } from '@nestjs/common';
import { AuthApi, type Jwks, type Nothing } from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { SigningKeysService } from './signing-keys.service.js';

@Controller()
export class SigningKeysHandler {
  constructor(private readonly keys: SigningKeysService) {}

  @Rpc(AuthApi.jwks)
  jwks(_: Nothing): Promise<Jwks> {
    return this.keys.jwks();
  }

  @Rpc(AuthApi.rotateSigningKey)
  rotate(_: Nothing): Promise<Jwks> {
    return this.keys.rotate();
  }
}
