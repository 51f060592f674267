import type {
  AddClientAuthentication,
  DpopSession,
  FetchLike,
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { ServiceError, type AuthorizationSetting } from '@scm/contracts';
import { bindsTokens, dpopSession, newDpopKey } from './dpop.js';
import { authenticationOf, isInteractive, tokenRequestOf } from './grants.js';
import type { HeldAuthorization } from './held-authorization.js';

export interface OAuthClientOptions {
  metadata: OAuthClientMetadata;
  /** Where the metadata can be read, for authorization servers that take this as the client's id. */
  metadataUrl?: string;
  fetch: FetchLike;
  state?: string;
  verifier?: string;
  discovery?: OAuthDiscoveryState;
}

/** The product as the client of an authorization server while it asks for tokens once. What it learns, whoever made it keeps. */
export class OAuthClient implements OAuthClientProvider {
  readonly clientMetadataUrl?: string;
  readonly addClientAuthentication?: AddClientAuthentication;
  readonly prepareTokenRequest?: (scope?: string) => Promise<URLSearchParams>;
  readonly saveClientInformation?: (client: StoredOAuthClientInformation) => void;
  /** Where the browser is to go. */
  authorizationUrl?: URL;
  verifier: string;
  discovery?: OAuthDiscoveryState;
  resource?: string;

  constructor(
    private readonly setting: AuthorizationSetting,
    readonly held: HeldAuthorization,
    private readonly options: OAuthClientOptions,
  ) {
    this.verifier = options.verifier ?? '';
    this.discovery = options.discovery;
    this.addClientAuthentication = authenticationOf(setting);
    if (!isInteractive(setting))
      this.prepareTokenRequest = (scope) => tokenRequestOf(setting, this.target, options.fetch, scope);
    // A client that was registered by hand is never registered anew, whatever the upstream says.
    if (setting.clientId) return;
    this.clientMetadataUrl = options.metadataUrl;
    this.saveClientInformation = (client) => void (held.client = client);
  }

  get redirectUrl(): string | undefined {
    return isInteractive(this.setting) ? this.options.metadata.redirect_uris[0] : undefined;
  }

  get clientMetadata(): OAuthClientMetadata {
    return this.options.metadata;
  }

  state(): string {
    return this.options.state ?? '';
  }

  clientInformation(): StoredOAuthClientInformation | undefined {
    const { clientId, clientSecret, issuer } = this.setting;
    if (!clientId) return this.held.client;
    // With whom it proved itself once it stays.
    const bound = issuer ?? this.held.client?.issuer;
    return { client_id: clientId, client_secret: clientSecret, ...(bound !== undefined && { issuer: bound }) };
  }

  tokens(): StoredOAuthTokens | undefined {
    return this.held.tokens;
  }

  saveTokens(tokens: StoredOAuthTokens): void {
    this.held.tokens = tokens;
    this.held.obtainedAt = Date.now();
    this.held.resource = this.resource;
    this.held.client = { ...(this.clientInformation() ?? { client_id: '' }), issuer: tokens.issuer };
  }

  /** For an authorization server that binds tokens to a key. */
  async dpop(): Promise<DpopSession | undefined> {
    if (!bindsTokens(this.discovery?.authorizationServerMetadata)) return undefined;
    this.held.dpop ??= await newDpopKey();
    return dpopSession(this.held.dpop);
  }

  redirectToAuthorization(url: URL): void {
    this.authorizationUrl = url;
  }

  saveCodeVerifier(verifier: string): void {
    this.verifier = verifier;
  }

  codeVerifier(): string {
    return this.verifier;
  }

  /** Throws FAILED_PRECONDITION when it is not the authorization server that was registered. */
  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.discovery = state;
    const { issuer } = this.setting;
    if (issuer && this.target.issuer !== issuer)
      throw new ServiceError('FAILED_PRECONDITION', `the upstream names ${this.target.issuer}, and not ${issuer}`);
  }

  discoveryState(): OAuthDiscoveryState | undefined {
    return this.discovery;
  }

  saveResourceUrl(url: string): void {
    this.resource = url;
  }

  private get target(): { issuer?: string; resource?: string } {
    const { authorizationServerMetadata, authorizationServerUrl } = this.discovery ?? {};
    return { issuer: authorizationServerMetadata?.issuer ?? authorizationServerUrl, resource: this.resource };
  }
}
