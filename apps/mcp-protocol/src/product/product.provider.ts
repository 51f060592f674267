import { Inject, Injectable } from '@nestjs/common';
import { schemaOf, type Actor } from '@scm/contracts';
import { errorCodes, metaKeys, ProtocolError, type JsonObject, type ProtocolRevision } from '@scm/mcp-messages';
import { perActor } from '@scm/policy';
import { IDENTITY, type Identity } from '@scm/service';
import { CallAudit } from '../protocol/call-audit.js';
import type { Exchange, Provider } from '../protocol/exchange.js';
import { Served } from '../protocol/served.js';
import { MetricsResources, metricResources, metricTemplates } from '../resources/metrics.resources.js';
import { ResourceWatch } from '../resources/resource.watch.js';
import { ToolCaller } from '../tools/tool.caller.js';
import { ToolRegistry } from '../tools/tool.registry.js';
import type { Tool } from '../tools/tool.js';

const instructions =
  'Ask system_overview first: it says what is wrong now. query_metrics takes PromQL. run_workflow acts; its effects are on record.';

const HOUR_MS = 3_600_000;
/** What a caller may do changes seldom. */
const TOOLS_TTL_MS = 60_000;

/** The product itself as a provider: its tools, and its metrics as resources. */
@Injectable()
export class ProductProvider implements Provider {
  private readonly info: JsonObject;
  private readonly methods: Readonly<Record<string, (exchange: Exchange) => Promise<JsonObject>>> = {
    'server/discover': () => this.discover(),
    'tools/list': (exchange) => this.listTools(exchange),
    'tools/call': (exchange) => this.callTool(exchange),
    'resources/list': () => this.listed('resources/list', { resources: metricResources }),
    'resources/templates/list': () => this.listed('resources/templates/list', { resourceTemplates: metricTemplates }),
    'resources/read': (exchange) => this.readResource(exchange),
    'subscriptions/listen': (exchange) => this.watch.listen(exchange),
  };
  private readonly toolsFor = perActor((actor: Actor) => this.registry.visibleTo(actor).map(toWire));

  constructor(
    private readonly registry: ToolRegistry,
    private readonly caller: ToolCaller,
    private readonly resources: MetricsResources,
    private readonly watch: ResourceWatch,
    private readonly audit: CallAudit,
    private readonly served: Served,
    @Inject(IDENTITY) { version }: Identity,
  ) {
    this.info = { name: 'system-context-monitor', title: 'System Context Monitor', version };
  }

  async answer(exchange: Exchange): Promise<JsonObject> {
    const { method, server } = exchange;
    if (server !== undefined) throw new ProtocolError(errorCodes.invalidParams, `there is no server ${server}`);
    const answer = Object.hasOwn(this.methods, method) ? this.methods[method] : undefined;
    if (!answer) throw new ProtocolError(errorCodes.methodNotFound, `${method} is not offered`);
    const result = await answer(exchange);
    return { ...result, _meta: { ...(result['_meta'] as JsonObject), [metaKeys.serverInfo]: this.info } };
  }

  async findTool(name: string, { actor }: Exchange): Promise<JsonObject | undefined> {
    return this.toolsFor(actor).find((tool) => tool['name'] === name);
  }

  private async discover(): Promise<JsonObject> {
    const supportedVersions: readonly ProtocolRevision[] = this.served.stateless;
    const capabilities = { tools: {}, resources: { subscribe: true } };
    return complete({ supportedVersions, capabilities, instructions, ttlMs: HOUR_MS, cacheScope: 'public' });
  }

  private async listTools({ actor }: Exchange): Promise<JsonObject> {
    await this.audit.record('tools/list', 'allowed');
    return complete({ tools: this.toolsFor(actor), ttlMs: TOOLS_TTL_MS, cacheScope: 'private' });
  }

  private async callTool({ params }: Exchange): Promise<JsonObject> {
    const name = String(params['name']);
    const result = await this.caller.call(name, params['arguments']);
    if (!result) throw new ProtocolError(errorCodes.invalidParams, `there is no tool ${name}`);
    return complete(result);
  }

  private async listed(method: string, result: JsonObject): Promise<JsonObject> {
    await this.audit.record(method, 'allowed');
    return complete({ ...result, ttlMs: HOUR_MS, cacheScope: 'public' });
  }

  private async readResource({ params }: Exchange): Promise<JsonObject> {
    const uri = String(params['uri']);
    await this.audit.record('resources/read', 'allowed', { resource: uri });
    const contents = await this.resources.read(uri);
    if (!contents) throw new ProtocolError(errorCodes.invalidParams, `there is no resource ${uri}`, { uri });
    return complete({ contents: [contents], ttlMs: 0, cacheScope: 'private' });
  }
}

function complete(result: object): JsonObject {
  return { resultType: 'complete', ...result };
}

function toWire({ name, title, description, input, annotations }: Tool): JsonObject {
  return { name, title, description, inputSchema: schemaOf(input), annotations: { title, ...annotations } };
}
