import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Policy } from '@scm/policy';
import { AccessGuard } from './access/access.guard.js';
import { Authenticator } from './access/authenticator.js';
import { Authorizer } from './access/authorizer.js';
import { BearerStrategy } from './access/bearer.strategy.js';
import { DenialLog } from './access/denial-log.js';
import { RouteRegistry } from './access/route.registry.js';
import { TokenVerifier } from './access/token-verifier.js';
import { AlertsController } from './alerts/alerts.controller.js';
import { AuthController } from './auth/auth.controller.js';
import { IdentityController } from './auth/identity.controller.js';
import { LoadShedder } from './limits/load-shedder.js';
import { RateLimiter } from './limits/rate-limiter.js';
import { McpController } from './mcp/mcp.controller.js';
import { McpExchanges } from './mcp/mcp.exchanges.js';
import { McpHttp } from './mcp/mcp.http.js';
import { McpSocketServer } from './mcp/mcp.socket.server.js';
import { OpenStreams } from './mcp/open.streams.js';
import { Mesh } from './mesh/mesh.js';
import { ReadCache } from './mesh/read-cache.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { OtlpController } from './metrics/otlp.controller.js';
import { PrometheusController } from './metrics/prometheus.controller.js';
import { RemoteWriteController } from './metrics/remote-write.controller.js';
import { RuleFilesController } from './metrics/rule-files.controller.js';
import { RulesController } from './metrics/rules.controller.js';
import { ContactsController } from './notifications/contacts.controller.js';
import { NotificationsController } from './notifications/notifications.controller.js';
import { TemplatesController } from './notifications/templates.controller.js';
import { Redis } from './redis/redis.js';
import { HomeController } from './pages/home.controller.js';
import { ChannelHub } from './stream/channel.hub.js';
import { EventLog } from './stream/event-log.js';
import { StreamServer } from './stream/stream.server.js';
import { SystemChannel } from './stream/system.channel.js';
import { MeshStatus } from './system/mesh-status.js';
import { SystemController } from './system/system.controller.js';
import { Telemetry } from './system/telemetry.js';
import { CapturesController } from './mcp/captures.controller.js';
import { DiagnosisController } from './mcp/diagnosis.controller.js';
import { AuthorizationsController } from './upstreams/authorizations.controller.js';
import { ExtensionsController } from './extensions/extensions.controller.js';
import { UpstreamsController } from './upstreams/upstreams.controller.js';
import { VirtualServersController } from './upstreams/virtual-servers.controller.js';
import { ControlsController } from './workflows/controls.controller.js';
import { ExecutionsController } from './workflows/executions.controller.js';
import { SchedulesController } from './workflows/schedules.controller.js';
import { WorkflowsController } from './workflows/workflows.controller.js';

@Module({
  controllers: [
    HomeController,
    SystemController,
    AuthController,
    IdentityController,
    MetricsController,
    RulesController,
    RuleFilesController,
    PrometheusController,
    RemoteWriteController,
    OtlpController,
    AlertsController,
    WorkflowsController,
    ExecutionsController,
    SchedulesController,
    ControlsController,
    NotificationsController,
    ContactsController,
    TemplatesController,
    AuthorizationsController,
    UpstreamsController,
    CapturesController,
    DiagnosisController,
    ExtensionsController,
    VirtualServersController,
    McpController,
  ],
  providers: [
    Redis,
    ReadCache,
    Mesh,
    MeshStatus,
    Telemetry,
    TokenVerifier,
    Authenticator,
    Authorizer,
    BearerStrategy,
    DenialLog,
    RouteRegistry,
    RateLimiter,
    LoadShedder,
    EventLog,
    ChannelHub,
    SystemChannel,
    StreamServer,
    McpExchanges,
    McpHttp,
    OpenStreams,
    McpSocketServer,
    { provide: Policy, useFactory: () => new Policy() },
    { provide: APP_GUARD, useClass: AccessGuard },
  ],
})
export class AppModule {}
