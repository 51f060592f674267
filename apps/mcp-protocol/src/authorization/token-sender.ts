import { withDpop, type DpopSession, type FetchLike } from '@modelcontextprotocol/client';
import { dpopSession } from './dpop.js';
import type { HeldAuthorization } from './held-authorization.js';

/** Puts tokens on messages, as their type wants it: by itself, or with a proof of the key that it is bound to. */
export class TokenSender {
  private bound?: { thumbprint: string; session: Promise<DpopSession> };

  /** `origin`: nobody else is shown a token. */
  constructor(
    private readonly fetch: FetchLike,
    private readonly origin: string,
  ) {}

  async send(input: string | URL, init: RequestInit | undefined, held: HeldAuthorization): Promise<Response> {
    const { tokens, dpop } = held;
    if (!tokens || new URL(input).origin !== this.origin) return this.fetch(input, init);
    if (!dpop || tokens.token_type.toLowerCase() !== 'dpop')
      return this.fetch(input, withBearer(init, tokens.access_token));
    if (this.bound?.thumbprint !== dpop.thumbprint)
      this.bound = { thumbprint: dpop.thumbprint, session: dpopSession(dpop) };
    const getToken = () => Promise.resolve(tokens.access_token);
    return withDpop(await this.bound.session, getToken)(this.fetch)(input, init);
  }
}

function withBearer(init: RequestInit | undefined, token: string): RequestInit {
  const headers = new Headers(init?.headers);
  headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
}
