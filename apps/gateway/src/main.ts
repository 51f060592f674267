import { meshSecurity } from '@scm/policy';
import { runService } from '@scm/service';
import { AppModule } from './app.module.js';
import { GatewayConfig } from './config.js';
import { httpDoor } from './http.door.js';

await runService({
  name: 'gateway',
  module: AppModule,
  config: GatewayConfig,
  claims: [],
  security: (keys) => meshSecurity(keys),
  http: httpDoor,
});
