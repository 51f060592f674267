import { Injectable } from '@nestjs/common';
import { invalidField, type AuthorizationSetting, type UpdateUpstreamRequest } from '@scm/contracts';
import type { EntityManager } from 'typeorm';
import { AuthorizationSeals } from '../authorization/authorization-seals.js';
import { AuthorizationsRepository } from '../authorization/authorizations.repository.js';
import { checkAuthorization, summaryOf } from './authorization-checks.js';
import type { UpstreamRow } from './upstreams.repository.js';

type SettingColumns = Pick<UpstreamRow, 'authorization' | 'sealed_authorization'>;

/** How the tokens of an upstream are had, as it stands in its row: `none` is to have no setting. */
@Injectable()
export class AuthorizationSettings {
  constructor(
    private readonly seals: AuthorizationSeals,
    private readonly authorizations: AuthorizationsRepository,
  ) {}

  columnsOf(id: string, setting: AuthorizationSetting | undefined): SettingColumns {
    if (!setting || setting.grant === 'none') return { authorization: null, sealed_authorization: null };
    return { authorization: summaryOf(setting), sealed_authorization: this.seals.seal('setting', id, setting) };
  }

  /** Throws INVALID_ARGUMENT for a setting that does not go with the rest. */
  async change(
    tx: EntityManager,
    known: UpstreamRow,
    { authorization, url, headers }: Pick<UpdateUpstreamRequest, 'authorization' | 'url' | 'headers'>,
  ): Promise<SettingColumns> {
    const { id, transport, sealed_authorization: sealed } = known;
    if (authorization) checkTakesTokens(transport);
    const setting = authorization ?? (sealed === null ? undefined : this.seals.open('setting', id, sealed));
    if (setting) checkAuthorization(setting, headers ? Object.keys(headers) : known.header_names);
    // Tokens are for where they were got, in the way they were got.
    if (authorization || (url !== undefined && url !== known.url)) await this.authorizations.remove(tx, id);
    if (authorization) return this.columnsOf(id, authorization);
    return { authorization: known.authorization, sealed_authorization: sealed };
  }

  /** With the upstream itself. */
  async remove(tx: EntityManager, id: string): Promise<void> {
    await this.authorizations.remove(tx, id);
  }
}

/** Throws INVALID_ARGUMENT. */
export function checkTakesTokens(transport: UpstreamRow['transport']): void {
  if (transport !== 'streamable-http' && transport !== 'sse')
    throw invalidField('authorization', `does not belong to ${transport}`);
}
