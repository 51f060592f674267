import type { AuthorizationSetting } from '@scm/contracts';
import type { UpstreamRow } from '../upstreams/upstreams.repository.js';
import type { AuthorizationSeals } from './authorization-seals.js';

/** An upstream whose tokens are had by OAuth. */
export interface AuthorizedUpstream {
  id: string;
  workspaceId: string;
  url: string;
  setting: AuthorizationSetting;
}

/** Undefined for an upstream that has no such setting. */
export function authorizedUpstream(
  { id, workspace_id: workspaceId, url, sealed_authorization: sealed }: UpstreamRow,
  seals: AuthorizationSeals,
): AuthorizedUpstream | undefined {
  if (sealed === null || url === null) return undefined;
  return { id, workspaceId, url, setting: seals.open<AuthorizationSetting>('setting', id, sealed) };
}
