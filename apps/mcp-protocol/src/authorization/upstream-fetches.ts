import type { FetchLike } from '@modelcontextprotocol/client';
import { Injectable } from '@nestjs/common';
import type { UpstreamRow } from '../upstreams/upstreams.repository.js';
import { AuthorizationSeals } from './authorization-seals.js';
import { AuthorizationStore } from './authorization.store.js';
import { authorizedFetch } from './authorized-fetch.js';
import { authorizedUpstream } from './authorized-upstream.js';
import { OAuthOptions } from './oauth-options.js';
import { UpstreamTokens } from './upstream-tokens.js';

/** How messages get to an upstream: with its token, where it has one. */
@Injectable()
export class UpstreamFetches {
  constructor(
    private readonly store: AuthorizationStore,
    private readonly seals: AuthorizationSeals,
    private readonly options: OAuthOptions,
  ) {}

  of(row: UpstreamRow, send: FetchLike): FetchLike {
    const upstream = authorizedUpstream(row, this.seals);
    if (!upstream) return send;
    return authorizedFetch(new UpstreamTokens(upstream, this.store, this.options.of(upstream.setting)), send);
  }
}
