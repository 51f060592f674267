import { Module } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import { Policy } from '@scm/policy';
import { SecretBox } from '@scm/service';
import { McpConfig } from './config.js';
import { UpstreamHealthCheck } from './federation/upstream-health-check.js';
import { UpstreamPool } from './federation/upstream-pool.js';
import { CallAudit } from './protocol/call-audit.js';
import { McpEngine } from './protocol/mcp.engine.js';
import { McpHandler } from './protocol/mcp.handler.js';
import { McpService } from './protocol/mcp.service.js';
import { MetricsResources } from './resources/metrics.resources.js';
import { GetExecutionTool } from './tools/get-execution.tool.js';
import { ListAlertsTool } from './tools/list-alerts.tool.js';
import { ListWorkflowsTool } from './tools/list-workflows.tool.js';
import { QueryMetricsTool } from './tools/query-metrics.tool.js';
import { RunWorkflowTool } from './tools/run-workflow.tool.js';
import { SystemOverviewTool } from './tools/system-overview.tool.js';
import { ToolCaller } from './tools/tool.caller.js';
import { ToolRegistry } from './tools/tool.registry.js';
import { UpstreamSecrets } from './upstreams/upstream-secrets.js';
import { UpstreamsHandler } from './upstreams/upstreams.handler.js';
import { UpstreamsRepository } from './upstreams/upstreams.repository.js';
import { UpstreamsService } from './upstreams/upstreams.service.js';
import { VirtualServersRepository } from './upstreams/virtual-servers.repository.js';
import { VirtualServersService } from './upstreams/virtual-servers.service.js';

@Module({
  controllers: [McpHandler, UpstreamsHandler],
  providers: [
    AuditLog,
    CallAudit,
    McpService,
    McpEngine,
    MetricsResources,
    ToolRegistry,
    ToolCaller,
    SystemOverviewTool,
    QueryMetricsTool,
    ListAlertsTool,
    ListWorkflowsTool,
    RunWorkflowTool,
    GetExecutionTool,
    UpstreamsRepository,
    UpstreamsService,
    UpstreamSecrets,
    VirtualServersRepository,
    VirtualServersService,
    UpstreamPool,
    UpstreamHealthCheck,
    {
      provide: SecretBox,
      useFactory: ({ encryptionKey }: McpConfig) => new SecretBox(encryptionKey),
      inject: [McpConfig],
    },
    { provide: Policy, useFactory: () => new Policy() },
  ],
})
export class AppModule {}
