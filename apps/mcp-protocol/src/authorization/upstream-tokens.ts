import type { AuthorizationStore } from './authorization.store.js';
import { AuthorizationWanted } from './authorization-fault.js';
import type { AuthorizedUpstream } from './authorized-upstream.js';
import { isInteractive } from './grants.js';
import { endOf, type HeldAuthorization } from './held-authorization.js';
import type { OAuthClientOptions } from './oauth-client.js';
import { renewed, type Challenge } from './token-renewal.js';

// A token that ends this soon is renewed before it is used; a short one in the last tenth of its life.
const EARLY_MS = 30_000;
const EARLY_SHARE = 0.1;

/** The tokens of one upstream at this replica. Whoever renews them holds their row, so that no refresh token is used twice. */
export class UpstreamTokens {
  private known?: Promise<HeldAuthorization>;
  private renewing?: Promise<HeldAuthorization>;

  constructor(
    private readonly upstream: AuthorizedUpstream,
    private readonly store: AuthorizationStore,
    private readonly options: OAuthClientOptions,
  ) {}

  /** For whom they are. */
  get origin(): string {
    return new URL(this.upstream.url).origin;
  }

  /** What is to be sent now; without a token when there is none. */
  async current(): Promise<HeldAuthorization> {
    this.known ??= this.store.held(this.upstream);
    const held = await this.known.catch((error: unknown) => {
      this.known = undefined;
      throw error;
    });
    if (!endsSoon(held)) return held;
    // Without a way to another one, the upstream says what it wants when it refuses this one.
    const isRenewable = held.tokens?.refresh_token !== undefined || !isInteractive(this.upstream.setting);
    if (!isRenewable) return held;
    return this.renew(held, {}).catch((error: unknown) => {
      // It is good until then, whatever became of the next one.
      if (Number(endOf(held)) > Date.now()) return held;
      throw error;
    });
  }

  /** In place of the one that was used. Throws ServiceError, AuthorizationWanted among them. */
  async renew(used: HeldAuthorization, challenge: Challenge): Promise<HeldAuthorization> {
    this.renewing ??= this.renewOnce(used, challenge).finally(() => (this.renewing = undefined));
    return this.renewing;
  }

  private async renewOnce(used: HeldAuthorization, challenge: Challenge): Promise<HeldAuthorization> {
    const found = await this.store.change(this.upstream, async (held) => {
      const isNewer = held.tokens && held.tokens.access_token !== used.tokens?.access_token;
      return isNewer ? { held } : renewed(this.upstream, held, challenge, this.options);
    });
    if (found.wanted) throw new AuthorizationWanted(this.upstream.id);
    this.known = Promise.resolve(found.held);
    return found.held;
  }
}

function endsSoon(held: HeldAuthorization): boolean {
  const end = endOf(held);
  const lifeMs = (held.tokens?.expires_in ?? 0) * 1_000;
  return end !== undefined && end - Math.min(EARLY_MS, lifeMs * EARLY_SHARE) <= Date.now();
}
