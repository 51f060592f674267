import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import {
  createMcpHandler,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  type McpHttpHandler,
} from '@modelcontextprotocol/server';
import { schemaOf, ServiceError } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import { perActor } from '@scm/policy';
import { IDENTITY, type Identity } from '@scm/service';
import { MetricsResources, metricResources, metricTemplates } from '../resources/metrics.resources.js';
import { ToolCaller } from '../tools/tool.caller.js';
import { ToolRegistry } from '../tools/tool.registry.js';
import type { Tool } from '../tools/tool.js';
import { CallAudit } from './call-audit.js';

const instructions =
  'Ask system_overview first: it says what is wrong now. query_metrics takes PromQL selectors. run_workflow acts; its effects are on record.';

/**
 * Speaks the Model Context Protocol with the official SDK: the 2025 revisions without sessions, and 2026-07-28. Nothing is
 * kept between messages, so any replica answers any of them.
 */
@Injectable()
export class McpEngine implements OnModuleDestroy {
  private readonly logger = new Logger(McpEngine.name);
  private readonly handler: McpHttpHandler;
  private readonly toolsFor = perActor((actor) => this.registry.visibleTo(actor).map(toWire));

  constructor(
    private readonly registry: ToolRegistry,
    private readonly caller: ToolCaller,
    private readonly resources: MetricsResources,
    private readonly audit: CallAudit,
    @Inject(IDENTITY) private readonly identity: Identity,
  ) {
    this.handler = createMcpHandler(() => this.server(), {
      legacy: 'stateless',
      responseMode: 'json',
      keepAliveMs: 0,
      onerror: (error) => this.logger.debug(error.message),
    });
  }

  async onModuleDestroy(): Promise<void> {
    await this.handler.close();
  }

  async answer(request: Request): Promise<Response> {
    return this.handler.fetch(request);
  }

  /** One for each message: it closes over nothing of the caller but asks for the running call's. */
  private server(): Server {
    const { version } = this.identity;
    const info = { name: 'system-context-monitor', title: 'System Context Monitor', version };
    const server = new Server(info, { capabilities: { tools: {}, resources: {} }, instructions });
    server.setRequestHandler('tools/list', async () => {
      await this.audit.record('tools/list', 'allowed');
      return { tools: this.toolsFor(currentActor()) };
    });
    server.setRequestHandler('tools/call', async ({ params }) => {
      const result = await this.caller.call(params.name, params.arguments);
      if (!result) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no tool ${params.name}`);
      return result;
    });
    server.setRequestHandler('resources/list', async () => {
      await this.audit.record('resources/list', 'allowed');
      return { resources: metricResources };
    });
    server.setRequestHandler('resources/templates/list', async () => {
      await this.audit.record('resources/templates/list', 'allowed');
      return { resourceTemplates: metricTemplates };
    });
    server.setRequestHandler('resources/read', async ({ params }) => {
      await this.audit.record('resources/read', 'allowed', { resource: params.uri });
      const contents = await this.resources
        .read(params.uri)
        .catch((error: unknown) => Promise.reject(protocolError(error)));
      if (!contents) throw new ResourceNotFoundError(params.uri);
      return { contents: [contents] };
    });
    return server;
  }
}

function toWire({ name, title, description, input, annotations }: Tool) {
  const schema = schemaOf(input) as { type: 'object' };
  return { name, title, description, inputSchema: schema, annotations: { title, ...annotations } };
}

/** A resource cannot be read: the code says why, as it would over REST. */
function protocolError(error: unknown): unknown {
  if (!(error instanceof ServiceError)) return error;
  return new ProtocolError(-32_000, error.message, { code: error.code });
}
