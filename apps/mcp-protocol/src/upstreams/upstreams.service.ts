import { Injectable } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import {
  BUILT_IN_MEMBER,
  invalidField,
  ServiceError,
  type CreateUpstreamRequest,
  type Nothing,
  type PageRequest,
  type RestApi,
  type RestApiState,
  type UpdateUpstreamRequest,
  type Upstream,
  type UpstreamPage,
  WORKFLOWS_MEMBER,
} from '@scm/contracts';
import { decodeCursor, newId, toPage } from '@scm/database';
import { currentActor } from '@scm/messaging';
import type { EntityManager } from 'typeorm';
import { McpConfig } from '../config.js';
import { RestApis, type RegisteredApi } from '../rest/rest-apis.js';
import { checkAuthorization } from './authorization-checks.js';
import { AuthorizationSettings, checkTakesTokens } from './authorization-settings.js';
import { checkBaseUrl, checkHeaders, checkUrl } from './target-checks.js';
import { UpstreamSecrets } from './upstream-secrets.js';
import { UpstreamsRepository, type RestApiRow, type UpstreamRow } from './upstreams.repository.js';

@Injectable()
export class UpstreamsService {
  constructor(
    private readonly upstreams: UpstreamsRepository,
    private readonly secrets: UpstreamSecrets,
    private readonly apis: RestApis,
    private readonly settings: AuthorizationSettings,
    private readonly audit: AuditLog,
    private readonly config: McpConfig,
  ) {}

  async create(request: CreateUpstreamRequest): Promise<Upstream> {
    this.checkTarget(request);
    const rest = request.api && (await this.apis.import(request.api));
    const { name, transport, command = null, headers = {}, namespace = defaultNamespace(name) } = request;
    const url = request.url ?? rest?.server ?? null;
    if (rest) checkBaseUrl(url);
    const { workspaceId } = currentActor();
    const id = newId();
    const row = await this.upstreams.inWorkspace(workspaceId, async (tx) => {
      await this.record(tx, id, 'done', { name, transport, url, command, ...(rest && { tools: rest.api.tools }) });
      const { enabled = true } = request;
      const sealed = { header_names: Object.keys(headers), sealed_headers: this.secrets.seal(id, headers) };
      const imported = { api: rest?.api ?? null, operations: rest?.operations ?? null };
      const target = { name, transport, url, command, namespace, enabled, ...imported };
      const setting = this.settings.columnsOf(id, request.authorization);
      const added = await this.upstreams.add(tx, { id, workspace_id: workspaceId, ...target, ...sealed, ...setting });
      if (!added) throw new ServiceError('ALREADY_EXISTS', `there is an upstream ${name}`);
      return added;
    });
    return toUpstream(row);
  }

  async list({ limit = 50, cursor }: PageRequest): Promise<UpstreamPage> {
    const { workspaceId } = currentActor();
    const after = cursor ? String(decodeCursor(cursor, ['text'])[0]) : undefined;
    const rows = await this.upstreams.inWorkspace(workspaceId, (tx) =>
      this.upstreams.list(tx, workspaceId, limit + 1, after),
    );
    return toPage(rows, limit, ({ name }) => [name], toUpstream);
  }

  async get(id: string): Promise<Upstream> {
    return toUpstream(await this.row(id));
  }

  async update(request: UpdateUpstreamRequest): Promise<Upstream> {
    const { id, url, headers, api, authorization, namespace, enabled } = request;
    const rest = api && (await this.importAgain(id, api));
    const row = await this.upstreams.inWorkspace(currentActor().workspaceId, async (tx) => {
      const known = (await this.upstreams.find(tx, id)) ?? notFound(id);
      if (url !== undefined && known.transport === 'stdio') throw invalidField('url', 'does not belong to stdio');
      if (url !== undefined) (known.transport === 'rest' ? checkBaseUrl : checkUrl)(url);
      if (headers && known.transport === 'stdio') throw invalidField('headers', 'do not belong to stdio');
      checkHeaders(headers ?? {});
      const setting = await this.settings.change(tx, known, request);
      const [header_names, grant] = [headers && Object.keys(headers), authorization?.grant];
      const changed = { url, namespace, enabled, headers: header_names, tools: rest?.api.tools, grant };
      await this.record(tx, id, 'done', changed);
      return this.upstreams.change(tx, {
        id,
        url: url ?? known.url,
        header_names: header_names ?? known.header_names,
        sealed_headers: headers ? this.secrets.seal(id, headers) : known.sealed_headers,
        api: rest?.api ?? known.api,
        operations: rest?.operations ?? null,
        ...setting,
        namespace: namespace ?? known.namespace,
        enabled: enabled ?? known.enabled,
      });
    });
    return toUpstream(row ?? notFound(id));
  }

  async remove(id: string): Promise<Nothing> {
    await this.upstreams.inWorkspace(currentActor().workspaceId, async (tx) => {
      if (!(await this.upstreams.remove(tx, id))) notFound(id);
      await this.settings.remove(tx, id);
      await this.record(tx, id, 'done', { removed: true });
    });
    return {};
  }

  /** With what is sealed: for whoever speaks to it. Throws NOT_FOUND. */
  async row(id: string): Promise<UpstreamRow> {
    const row = await this.upstreams.inWorkspace(currentActor().workspaceId, (tx) => this.upstreams.find(tx, id));
    return row ?? notFound(id);
  }

  private async importAgain(id: string, api: RestApi): Promise<RegisteredApi> {
    const { transport, api: known } = await this.row(id);
    if (transport !== 'rest') throw invalidField('api', `does not belong to ${transport}`);
    return this.apis.import(api, known ?? undefined);
  }

  private checkTarget(request: CreateUpstreamRequest): void {
    const { name, transport, url, command, headers, api, authorization } = request;
    if ([BUILT_IN_MEMBER, WORKFLOWS_MEMBER].includes(name))
      throw invalidField('name', `${name} names what is built in`);
    if (api && transport !== 'rest') throw invalidField('api', `does not belong to ${transport}`);
    if (authorization) checkTakesTokens(transport);
    if (transport === 'stdio') {
      if (url !== undefined) throw invalidField('url', 'does not belong to stdio');
      if (headers) throw invalidField('headers', 'do not belong to stdio');
      if (command === undefined) throw invalidField('command', 'is missing');
      if (!this.config.stdioCommand(command)) throw invalidField('command', 'is not one that the configuration allows');
      return;
    }
    if (command !== undefined) throw invalidField('command', `does not belong to ${transport}`);
    checkHeaders(headers ?? {});
    if (transport === 'rest') {
      if (!api) throw invalidField('api', 'is missing');
      return url === undefined ? undefined : checkBaseUrl(url);
    }
    if (url === undefined) throw invalidField('url', 'is missing');
    checkUrl(url);
    if (authorization) checkAuthorization(authorization, Object.keys(headers ?? {}));
  }

  private record(tx: EntityManager, id: string, outcome: 'done', details: Record<string, unknown>): Promise<void> {
    const about = { resourceType: 'upstream', resourceId: id, details };
    return this.audit.record(tx, { actor: currentActor(), action: 'upstreams:write', outcome, ...about });
  }
}

// What a name may hold besides, a namespace may not: clients take few characters in names of tools.
function defaultNamespace(name: string): string {
  return name.replaceAll(/[._]/g, '-').slice(0, 32);
}

function notFound(id: string): never {
  throw new ServiceError('NOT_FOUND', `no upstream ${id}`);
}

function toUpstream(row: UpstreamRow): Upstream {
  const { id, name, transport, url, command, header_names, api, authorization, namespace, enabled } = row;
  return {
    id,
    name,
    transport,
    ...(url !== null && { url }),
    ...(command !== null && { command }),
    headers: header_names,
    ...(api && { api: shownApi(api) }),
    ...(authorization && { authorization }),
    namespace,
    enabled,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function shownApi({ title, version, documentUrl, operations, tools, leftOut }: RestApiRow): RestApiState {
  return { title, version, ...(documentUrl && { documentUrl }), ...(operations && { operations }), tools, leftOut };
}
