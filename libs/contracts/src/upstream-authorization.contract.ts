import { ById } from './auth.contract.js';
import { rpc } from './define.js';
import { Id, Instant, Nested, OneOf, Text, Texts } from './fields.js';
import { Nothing } from './page.js';

export const authorizationGrants = [
  'authorization-code',
  'client-credentials',
  'identity-assertion',
  'jwt-bearer',
  'none',
] as const;
export type AuthorizationGrant = (typeof authorizationGrants)[number];

export const assertionAlgorithms = ['ES256', 'ES384', 'RS256', 'RS384', 'RS512', 'PS256', 'EdDSA'] as const;
export type AssertionAlgorithm = (typeof assertionAlgorithms)[number];

const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*$/;
const URL_START = /^https?:\/\//;

/** The identity provider that vouches for a person, and the ID token it gave. */
export class IdentityAssertion {
  @Text({ max: 2_048, pattern: URL_START }) tokenEndpoint: string;
  @Text({ max: 512 }) clientId: string;
  @Text({ max: 1_024, optional: true }) clientSecret?: string;
  @Text({ max: 16_384 }) idToken: string;
}

/** How the tokens of an upstream are had. The secrets in it are kept sealed and never shown. */
export class AuthorizationSetting {
  @OneOf(authorizationGrants, {
    description:
      'Whether a person authorizes it in the browser, the product for itself, by an ID token or by an assertion; `none` takes the setting away',
  })
  grant: AuthorizationGrant;
  @Text({
    max: 512,
    optional: true,
    description: 'What the authorization server knows the product as; without one the product registers itself',
  })
  clientId?: string;
  @Text({ max: 1_024, optional: true }) clientSecret?: string;
  @Text({ max: 8_192, optional: true, description: 'PKCS #8 in PEM, in place of a secret (private_key_jwt)' })
  privateKey?: string;
  @OneOf(assertionAlgorithms, { optional: true, description: 'What the private key signs with; default ES256' })
  algorithm?: AssertionAlgorithm;
  @Text({ max: 1_024, pattern: SCOPE, optional: true, description: 'Asked for besides what the upstream wants' })
  scope?: string;
  @Text({
    max: 2_048,
    pattern: URL_START,
    optional: true,
    description: 'The only authorization server that is taken; default the one that the upstream names first',
  })
  issuer?: string;
  @Nested(() => IdentityAssertion, { optional: true, description: 'For identity-assertion' })
  identity?: IdentityAssertion;
  @Text({ max: 16_384, optional: true, description: 'For jwt-bearer: the token that a workload has of its platform' })
  assertion?: string;
}

/** What is shown of the setting. */
export class AuthorizationSummary {
  @OneOf(authorizationGrants) grant: AuthorizationGrant;
  @Text({ max: 512, optional: true }) clientId?: string;
  @Text({ max: 1_024, optional: true }) scope?: string;
  @Text({ max: 2_048, optional: true }) issuer?: string;
}

/** Where the browser of whoever authorizes the upstream is to go. */
export class AuthorizationBegun {
  @Id() id: string;
  @Text({ max: 16_384 }) url: string;
  @Instant() expiresAt: string;
}

export const authorizationStates = ['none', 'absent', 'wanted', 'authorized'] as const;

export class UpstreamAuthorization {
  @Id() id: string;
  @OneOf(authorizationStates, {
    description:
      '`none`: it has no such setting; `absent`: nobody asked yet; `wanted`: the upstream refuses until then',
  })
  state: (typeof authorizationStates)[number];
  /** The authorization server that gave the token. */
  @Text({ max: 2_048, optional: true }) issuer?: string;
  @Texts({ max: 256, optional: true }) scopes?: string[];
  /** What the upstream said that it wants besides. */
  @Texts({ max: 256, optional: true }) wantedScopes?: string[];
  @Instant({ optional: true }) authorizedAt?: string;
  /** When the token ends, if nobody renews it. */
  @Instant({ optional: true }) expiresAt?: string;
}

/** What an authorization server adds to the callback's URL; by its names (RFC 6749, 4.1.2 and RFC 9207). */
export class AuthorizationAnswer {
  @Text({ max: 2_048 }) state: string;
  @Text({ max: 8_192, optional: true }) code?: string;
  @Text({ max: 2_048, optional: true }) iss?: string;
  @Text({ max: 256, optional: true }) error?: string;
  @Text({ min: 0, max: 2_048, optional: true }) error_description?: string;
}

/** What authorization servers read of the product where they take its address as its client id. */
export class OAuthClientMetadata {
  @Text({ max: 2_048 }) client_id: string;
  @Text({ max: 256 }) client_name: string;
  @Text({ max: 2_048 }) client_uri: string;
  @Texts({ max: 4, maxLength: 2_048 }) redirect_uris: string[];
  @Texts({ max: 4 }) grant_types: string[];
  @Texts({ max: 4 }) response_types: string[];
  @Text({ max: 64 }) token_endpoint_auth_method: string;
}

const service = 'mcp-protocol';
const write = { service, access: 'upstreams:write', changes: true } as const;
// An authorization server is asked several things, each of which may take its time.
const timeoutMs = 40_000;

export const UpstreamAuthorizationApi = {
  begin: rpc('upstream-authorization.v1.begin', ById, AuthorizationBegun, { ...write, timeoutMs }),
  get: rpc('upstream-authorization.v1.get', ById, UpstreamAuthorization, {
    service,
    access: 'upstreams:read',
    changes: false,
  }),
  forget: rpc('upstream-authorization.v1.forget', ById, Nothing, write),
  /** The browser comes without credentials: the state says who began, and is taken once. */
  complete: rpc('upstream-authorization.v1.complete', AuthorizationAnswer, UpstreamAuthorization, {
    service,
    access: 'public',
    changes: true,
    timeoutMs,
  }),
  clientMetadata: rpc('upstream-authorization.v1.get-client-metadata', Nothing, OAuthClientMetadata, {
    service,
    access: 'public',
    changes: false,
  }),
};
