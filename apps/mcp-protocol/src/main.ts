import { serviceAudit } from '@scm/audit';
import { McpApi } from '@scm/contracts';
import { meshSecurity } from '@scm/policy';
import { runService } from '@scm/service';
import { AppModule } from './app.module.js';
import { database } from './database.js';

await runService({
  name: 'mcp-protocol',
  module: AppModule,
  claims: Object.values(McpApi),
  database,
  audit: serviceAudit,
  security: (keys, audit) => meshSecurity(keys, audit?.recordDenial),
});
