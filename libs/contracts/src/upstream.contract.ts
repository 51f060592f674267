import { ById } from './auth.contract.js';
import { rpc, streamed } from './define.js';
import { Flag, Id, Instant, JsonObject, ListOf, Name, Nested, OneOf, Text, TextMap, Texts, Whole } from './fields.js';
import { Nothing, PageRequest } from './page.js';
import { AuthorizationSetting, AuthorizationSummary } from './upstream-authorization.contract.js';

export const upstreamTransports = ['streamable-http', 'sse', 'stdio', 'rest'] as const;
export type UpstreamTransport = (typeof upstreamTransports)[number];

/** What names the product's own tools and resources among the members of a virtual server. */
export const BUILT_IN_MEMBER = 'scm';

/** What names the workflows of the workspace, as tools, among the members of a virtual server. */
export const WORKFLOWS_MEMBER = 'workflows';

const NAMESPACE = /^([A-Za-z0-9][A-Za-z0-9-]{0,31})?$/;

/** Which operations of an HTTP API become tools: those of an OpenAPI document, 3.0 or 3.1, as text or at an address. */
export class RestApi {
  @Text({ max: 1_000_000, optional: true, description: 'The document, JSON or YAML' }) document?: string;
  @Text({ max: 2_048, pattern: /^https?:\/\//, optional: true, description: 'Where the document is; it is read once' })
  documentUrl?: string;
  @Texts({
    max: 500,
    optional: true,
    description: 'Each by its operationId, or as `GET /pets/{id}` where it has none; default all',
  })
  operations?: string[];
}

/** What was read of the document. */
export class RestApiState {
  @Text({ max: 2_048, min: 0 }) title: string;
  @Text({ max: 2_048, min: 0 }) version: string;
  @Text({ max: 2_048, optional: true }) documentUrl?: string;
  @Texts({ max: 500, optional: true }) operations?: string[];
  @Whole({ description: 'How many tools there are' }) tools: number;
  @Texts({
    max: 100,
    maxLength: 1_024,
    description: 'Operations that cannot be tools, each with why; the first hundred',
  })
  leftOut: string[];
}

/** An MCP server elsewhere, or an HTTP API. `url` belongs to all but stdio, `command` to stdio, `api` to rest. */
export class CreateUpstreamRequest {
  @Name() name: string;
  @OneOf(upstreamTransports) transport: UpstreamTransport;
  @Text({
    max: 2_048,
    pattern: /^https?:\/\//,
    optional: true,
    description: 'For rest, what stands before every path; default the first server of the document',
  })
  url?: string;
  @Name({ optional: true, description: 'One of the commands that the configuration of mcp-protocol allows' })
  command?: string;
  @TextMap({ optional: true, maxEntries: 16, description: 'Sent with every message; kept sealed and never shown' })
  headers?: Record<string, string>;
  @Nested(() => RestApi, { optional: true }) api?: RestApi;
  @Nested(() => AuthorizationSetting, { optional: true, description: 'How its tokens are had, where it wants OAuth' })
  authorization?: AuthorizationSetting;
  @Text({
    min: 0,
    max: 32,
    pattern: NAMESPACE,
    optional: true,
    description: 'Stands before the names of its tools and prompts as `namespace__name`; default the name',
  })
  namespace?: string;
  @Flag({ optional: true, description: 'Default true' }) enabled?: boolean;
}

/** What is left out stays as it is. */
export class UpdateUpstreamRequest {
  @Id() id: string;
  @Text({ max: 2_048, pattern: /^https?:\/\//, optional: true }) url?: string;
  @TextMap({ optional: true, maxEntries: 16 }) headers?: Record<string, string>;
  @Nested(() => RestApi, {
    optional: true,
    description: 'Without a document or its address, the one at the known address is read again',
  })
  api?: RestApi;
  @Nested(() => AuthorizationSetting, { optional: true, description: 'In place of the whole setting' })
  authorization?: AuthorizationSetting;
  @Text({ min: 0, max: 32, pattern: NAMESPACE, optional: true }) namespace?: string;
  @Flag({ optional: true }) enabled?: boolean;
}

export class Upstream {
  @Id() id: string;
  @Name() name: string;
  @OneOf(upstreamTransports) transport: UpstreamTransport;
  @Text({ max: 2_048, optional: true }) url?: string;
  @Name({ optional: true }) command?: string;
  /** The names alone. */
  @Texts({ max: 16, maxLength: 128 }) headers: string[];
  @Nested(() => RestApiState, { optional: true }) api?: RestApiState;
  @Nested(() => AuthorizationSummary, { optional: true }) authorization?: AuthorizationSummary;
  @Text({ min: 0, max: 32 }) namespace: string;
  @Flag() enabled: boolean;
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

export class UpstreamPage {
  @ListOf(() => Upstream) items: Upstream[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

/** What one replica finds when it asks the upstream now. */
export class UpstreamHealth {
  @Id() id: string;
  @Flag() healthy: boolean;
  @OneOf(['modern', 'legacy'], { optional: true, description: 'Whether it speaks 2026-07-28 or an older revision' })
  era?: 'modern' | 'legacy';
  @Whole({ optional: true }) tookMs?: number;
  @OneOf(['closed', 'open', 'half-open'], {
    description: 'Whether calls pass, are refused at once, or are tried again',
  })
  circuit: 'closed' | 'open' | 'half-open';
  @Text({ max: 1_024, optional: true }) reason?: string;
  @Instant() checkedAt: string;
}

/** A request in the canonical form, for the replica that has what is needed to go on with it. */
export class ContinueRequest {
  @Id() upstream: string;
  @Text({ max: 256 }) method: string;
  @JsonObject() params: Record<string, unknown>;
  /** Whose request it is, when a service goes on with it for somebody. */
  @JsonObject({ optional: true }) actor?: Record<string, unknown>;
  @Flag({ optional: true, description: 'An older upstream is to run the call as a task' }) runsAsTask?: boolean;
}

/** An upstream by its name, the product's own tools and resources as `scm`, or the workflows of the workspace as `workflows`. */
export class VirtualServerMember {
  @Name() upstream: string;
  @Flag({ optional: true, description: 'Whether its names get its namespace; default true' }) prefix?: boolean;
}

/** What `/mcp/{name}` shows: members in this order; of two that have one name, the first one's is shown. */
export class SetVirtualServerRequest {
  @Name() name: string;
  @ListOf(() => VirtualServerMember, { max: 64 }) members: VirtualServerMember[];
}

export class VirtualServer extends SetVirtualServerRequest {
  @Instant() createdAt: string;
  @Instant() updatedAt: string;
}

export class VirtualServerPage {
  @ListOf(() => VirtualServer) items: VirtualServer[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class ByName {
  @Name() name: string;
}

const service = 'mcp-protocol';
const read = { service, access: 'upstreams:read', changes: false } as const;
const write = { service, access: 'upstreams:write', changes: true } as const;

export const UpstreamApi = {
  create: rpc('upstream.v1.create', CreateUpstreamRequest, Upstream, { ...write, timeoutMs: 30_000 }),
  list: rpc('upstream.v1.list', PageRequest, UpstreamPage, read),
  get: rpc('upstream.v1.get', ById, Upstream, read),
  update: rpc('upstream.v1.update', UpdateUpstreamRequest, Upstream, { ...write, timeoutMs: 30_000 }),
  remove: rpc('upstream.v1.remove', ById, Nothing, write),
  /** Each text is `{notification}`, `{result}` or `{error}`; after the last two comes nothing. */
  continue: streamed('upstream.v1.continue', ContinueRequest, Nothing, {
    service,
    access: 'upstreams:use',
    toReplica: true,
  }),
  health: rpc('upstream.v1.health', ById, UpstreamHealth, { ...read, timeoutMs: 20_000 }),
};

export const VirtualServerApi = {
  set: rpc('virtual-server.v1.set', SetVirtualServerRequest, VirtualServer, write),
  list: rpc('virtual-server.v1.list', PageRequest, VirtualServerPage, read),
  get: rpc('virtual-server.v1.get', ByName, VirtualServer, read),
  remove: rpc('virtual-server.v1.remove', ByName, Nothing, write),
};
