import { Injectable } from '@nestjs/common';
import { ServiceError, type AuthorizationSetting, type OAuthClientMetadata } from '@scm/contracts';
import { McpConfig } from '../config.js';
import { grantTypesOf } from './grants.js';

const CALLBACK = '/api/v1/upstreams/authorization/callback';
const DOCUMENT = '/client-metadata.json';

/** What authorization servers are told of the product (RFC 7591, and as a document at its public address). */
@Injectable()
export class ClientMetadata {
  constructor(private readonly config: McpConfig) {}

  /** Where the document is; undefined where it is not reached by https, and so cannot be a client's id. */
  get url(): string | undefined {
    const { publicUrl } = this.config;
    return publicUrl?.startsWith('https:') ? new URL(DOCUMENT, publicUrl).href : undefined;
  }

  /** Throws FAILED_PRECONDITION while nobody said where browsers reach the gateway. */
  document(): OAuthClientMetadata {
    const base = this.base();
    return {
      client_id: new URL(DOCUMENT, base).href,
      client_name: 'System Context Monitor',
      client_uri: base,
      redirect_uris: [new URL(CALLBACK, base).href],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    };
  }

  /** For registration: there is nowhere to come back to where nobody is asked. */
  of(setting: AuthorizationSetting): { client_name: string; redirect_uris: string[]; grant_types: string[] } {
    const isAsked = setting.grant === 'authorization-code';
    return {
      client_name: 'System Context Monitor',
      redirect_uris: isAsked ? [new URL(CALLBACK, this.base()).href] : [],
      grant_types: grantTypesOf(setting),
    };
  }

  private base(): string {
    const { publicUrl } = this.config;
    if (publicUrl) return publicUrl;
    throw new ServiceError('FAILED_PRECONDITION', 'SCM_PUBLIC_URL does not say where browsers come back to');
  }
}
