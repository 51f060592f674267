import { serviceAudit } from '@scm/audit';
import {
  CaptureApi,
  McpApi,
  DiagnosisApi,
  ExtensionApi,
  McpTaskApi,
  UpstreamApi,
  UpstreamAuthorizationApi,
  VirtualServerApi,
  type CallContract,
} from '@scm/contracts';
import { meshSecurity } from '@scm/policy';
import { runService, SecretBox } from '@scm/service';
import { AppModule } from './app.module.js';
import { McpConfig } from './config.js';
import { database } from './database.js';

await runService({
  name: 'mcp-protocol',
  module: AppModule,
  config: McpConfig,
  claims: [
    McpApi,
    McpTaskApi,
    UpstreamApi,
    UpstreamAuthorizationApi,
    VirtualServerApi,
    CaptureApi,
    DiagnosisApi,
    ExtensionApi,
  ].flatMap<CallContract>(Object.values),
  database,
  audit: serviceAudit,
  // The headers of an upstream stand in the request that makes it.
  seal: (config) => new SecretBox((config as McpConfig).encryptionKey),
  security: (keys, audit) => meshSecurity(keys, audit?.recordDenial),
});
