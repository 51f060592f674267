import { Controller } from '@nestjs/common';
import {
  UpstreamAuthorizationApi,
  type AuthorizationAnswer,
  type AuthorizationBegun,
  type ById,
  type Nothing,
  type OAuthClientMetadata,
  type UpstreamAuthorization,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { AuthorizationFlow } from './authorization.flow.js';
import { AuthorizationsService } from './authorizations.service.js';
import { ClientMetadata } from './client-metadata.js';

@Controller()
export class AuthorizationsHandler {
  constructor(
    private readonly flow: AuthorizationFlow,
    private readonly authorizations: AuthorizationsService,
    private readonly metadata: ClientMetadata,
  ) {}

  @Rpc(UpstreamAuthorizationApi.begin)
  begin({ id }: ById): Promise<AuthorizationBegun> {
    return this.flow.begin(id);
  }

  @Rpc(UpstreamAuthorizationApi.get)
  get({ id }: ById): Promise<UpstreamAuthorization> {
    return this.authorizations.get(id);
  }

  @Rpc(UpstreamAuthorizationApi.forget)
  forget({ id }: ById): Promise<Nothing> {
    return this.authorizations.forget(id);
  }

  @Rpc(UpstreamAuthorizationApi.complete)
  async complete(answer: AuthorizationAnswer): Promise<UpstreamAuthorization> {
    return this.authorizations.shown(await this.flow.complete(answer));
  }

  @Rpc(UpstreamAuthorizationApi.clientMetadata)
  async clientMetadata(): Promise<OAuthClientMetadata> {
    return this.metadata.document();
  }
}
