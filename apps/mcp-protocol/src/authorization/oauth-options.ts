import { Injectable } from '@nestjs/common';
import type { AuthorizationSetting } from '@scm/contracts';
import { AuthorizationEgress } from './authorization.egress.js';
import { ClientMetadata } from './client-metadata.js';
import type { OAuthClientOptions } from './oauth-client.js';

/** What every client of an authorization server is made with. */
@Injectable()
export class OAuthOptions {
  constructor(
    private readonly metadata: ClientMetadata,
    private readonly egress: AuthorizationEgress,
  ) {}

  of(setting: AuthorizationSetting): OAuthClientOptions {
    const { url } = this.metadata;
    return {
      metadata: this.metadata.of(setting),
      fetch: this.egress.fetch,
      ...(url !== undefined && { metadataUrl: url }),
    };
  }
}
