import { Module } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import { Policy } from '@scm/policy';
import { SecretBox } from '@scm/service';
import { ActiveCaptures } from './captures/active-captures.js';
import { CapturedExchangesRepository } from './captures/captured-exchanges.repository.js';
import { CaptureSweep } from './captures/capture.sweep.js';
import { CapturesHandler } from './captures/captures.handler.js';
import { CapturesRepository } from './captures/captures.repository.js';
import { CapturesService } from './captures/captures.service.js';
import { ExchangeStore } from './captures/exchange.store.js';
import { Recording } from './captures/recording.js';
import { ReplayService } from './captures/replay.service.js';
import { AuthorizationFlow } from './authorization/authorization.flow.js';
import { AuthorizationEgress } from './authorization/authorization.egress.js';
import { AuthorizationRequests } from './authorization/authorization-requests.js';
import { AuthorizationRequestsRepository } from './authorization/authorization-requests.repository.js';
import { AuthorizationSeals } from './authorization/authorization-seals.js';
import { AuthorizationStore } from './authorization/authorization.store.js';
import { AuthorizationsHandler } from './authorization/authorizations.handler.js';
import { AuthorizationsRepository } from './authorization/authorizations.repository.js';
import { AuthorizationsService } from './authorization/authorizations.service.js';
import { ClientMetadata } from './authorization/client-metadata.js';
import { OAuthOptions } from './authorization/oauth-options.js';
import { UpstreamFetches } from './authorization/upstream-fetches.js';
import { McpConfig } from './config.js';
import { DiagnosisHandler } from './diagnosis/diagnosis.handler.js';
import { UpstreamExamination } from './diagnosis/upstream-examination.js';
import { ExtensionMethods } from './extensions/extension.methods.js';
import { ExtensionRegistry } from './extensions/extension.registry.js';
import { ExtensionsHandler } from './extensions/extensions.handler.js';
import { ExtensionsProvider } from './extensions/extensions.provider.js';
import { CORE, HostFunctions } from './extensions/host-functions.js';
import { MessageHooks } from './extensions/message-hooks.js';
import { ChildOwners } from './federation/child-owners.js';
import { ChildOwnersRepository } from './federation/child-owners.repository.js';
import { Federation } from './federation/federation.js';
import { BUILT_IN, MembersService, WORKFLOWS } from './federation/members.service.js';
import { ReplicaRelay } from './federation/replica-relay.js';
import { UpstreamHealthCheck } from './federation/upstream-health-check.js';
import { UpstreamNews } from './federation/upstream-news.js';
import { UpstreamPool } from './federation/upstream-pool.js';
import { CallAudit } from './protocol/call-audit.js';
import { PROVIDER } from './protocol/exchange.js';
import { McpDoor } from './protocol/mcp.door.js';
import { McpHandler } from './protocol/mcp.handler.js';
import { RequestStateSeal } from './protocol/request-state.js';
import { RunningCalls } from './protocol/running-calls.js';
import { Served } from './protocol/served.js';
import { StatelessDoor } from './protocol/stateless.door.js';
import { StatelessExchange } from './protocol/stateless.exchange.js';
import { UsedStatesRepository } from './protocol/used-states.repository.js';
import { ProductProvider } from './product/product.provider.js';
import { MetricsResources } from './resources/metrics.resources.js';
import { ResourceWatch } from './resources/resource.watch.js';
import { ClientInput } from './sessions/client-input.js';
import { ClientRequests } from './sessions/client-requests.js';
import { FrameStore } from './sessions/frame.store.js';
import { LegacyDoor } from './sessions/legacy.door.js';
import { LegacyExchange } from './sessions/legacy.exchange.js';
import { LegacyTasks } from './sessions/legacy.tasks.js';
import { SessionBus } from './sessions/session.bus.js';
import { SessionListening } from './sessions/session.listening.js';
import { SessionMethods } from './sessions/session.methods.js';
import { SessionOpening } from './sessions/session.opening.js';
import { SessionStreams } from './sessions/session.streams.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionsService } from './sessions/sessions.service.js';
import { RestApis } from './rest/rest-apis.js';
import { TaskOutcomes } from './sessions/task.outcomes.js';
import { GetExecutionTool } from './tools/get-execution.tool.js';
import { ListAlertsTool } from './tools/list-alerts.tool.js';
import { ListWorkflowsTool } from './tools/list-workflows.tool.js';
import { QueryMetricsTool } from './tools/query-metrics.tool.js';
import { RunWorkflowTool } from './tools/run-workflow.tool.js';
import { SystemOverviewTool } from './tools/system-overview.tool.js';
import { KeptTasks } from './tasks/kept-tasks.js';
import { TaskExecutions } from './tasks/task-executions.js';
import { TaskListening } from './tasks/task.listening.js';
import { TaskRunner } from './tasks/task.runner.js';
import { TaskSweep } from './tasks/task.sweep.js';
import { TaskTidings } from './tasks/task-tidings.js';
import { TaskWatch } from './tasks/task.watch.js';
import { TasksHandler } from './tasks/tasks.handler.js';
import { TasksProvider } from './tasks/tasks.provider.js';
import { TasksRepository } from './tasks/tasks.repository.js';
import { TasksService } from './tasks/tasks.service.js';
import { ToolCaller } from './tools/tool.caller.js';
import { ToolRegistry } from './tools/tool.registry.js';
import { WhoAmITool } from './tools/who-am-i.tool.js';
import { AuthorizationSettings } from './upstreams/authorization-settings.js';
import { UpstreamSecrets } from './upstreams/upstream-secrets.js';
import { UpstreamsHandler } from './upstreams/upstreams.handler.js';
import { UpstreamsRepository } from './upstreams/upstreams.repository.js';
import { UpstreamsService } from './upstreams/upstreams.service.js';
import { VirtualServersRepository } from './upstreams/virtual-servers.repository.js';
import { VirtualServersService } from './upstreams/virtual-servers.service.js';
import { WorkflowsProvider } from './workflows/workflows.provider.js';

@Module({
  controllers: [
    McpHandler,
    UpstreamsHandler,
    AuthorizationsHandler,
    TasksHandler,
    CapturesHandler,
    DiagnosisHandler,
    ExtensionsHandler,
  ],
  providers: [
    AuditLog,
    CallAudit,
    McpDoor,
    Served,
    StatelessDoor,
    StatelessExchange,
    RunningCalls,
    RequestStateSeal,
    UsedStatesRepository,
    LegacyDoor,
    LegacyExchange,
    LegacyTasks,
    TaskOutcomes,
    ClientInput,
    ClientRequests,
    FrameStore,
    SessionBus,
    SessionListening,
    SessionMethods,
    SessionOpening,
    SessionStreams,
    SessionsRepository,
    SessionsService,
    ProductProvider,
    WorkflowsProvider,
    { provide: BUILT_IN, useExisting: ProductProvider },
    { provide: WORKFLOWS, useExisting: WorkflowsProvider },
    MembersService,
    Federation,
    { provide: CORE, useExisting: TasksProvider },
    { provide: PROVIDER, useExisting: ExtensionsProvider },
    ExtensionsProvider,
    ExtensionRegistry,
    ExtensionMethods,
    HostFunctions,
    MessageHooks,
    TasksProvider,
    TasksService,
    TasksRepository,
    TaskExecutions,
    TaskRunner,
    TaskSweep,
    TaskTidings,
    TaskWatch,
    TaskListening,
    KeptTasks,
    MetricsResources,
    ResourceWatch,
    ToolRegistry,
    ToolCaller,
    SystemOverviewTool,
    QueryMetricsTool,
    ListAlertsTool,
    ListWorkflowsTool,
    RunWorkflowTool,
    GetExecutionTool,
    WhoAmITool,
    RestApis,
    UpstreamsRepository,
    UpstreamsService,
    UpstreamSecrets,
    AuthorizationSettings,
    AuthorizationFlow,
    AuthorizationEgress,
    AuthorizationRequests,
    AuthorizationRequestsRepository,
    AuthorizationSeals,
    AuthorizationStore,
    AuthorizationsRepository,
    AuthorizationsService,
    ClientMetadata,
    OAuthOptions,
    UpstreamFetches,
    VirtualServersRepository,
    VirtualServersService,
    ReplicaRelay,
    ChildOwners,
    ChildOwnersRepository,
    UpstreamNews,
    UpstreamPool,
    UpstreamHealthCheck,
    ActiveCaptures,
    CapturesRepository,
    CapturedExchangesRepository,
    CapturesService,
    CaptureSweep,
    ExchangeStore,
    Recording,
    ReplayService,
    UpstreamExamination,
    { provide: Policy, useFactory: () => new Policy() },
    {
      provide: SecretBox,
      useFactory: ({ encryptionKey }: McpConfig) => new SecretBox(encryptionKey),
      inject: [McpConfig],
    },
  ],
})
export class AppModule {}
