import { Module } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import { ContextSigner, Policy } from '@scm/policy';
import { CoreConfig, SecretBox } from '@scm/service';
import { ApiKeysHandler } from './api-keys/api-keys.handler.js';
import { ApiKeysRepository } from './api-keys/api-keys.repository.js';
import { ApiKeysService } from './api-keys/api-keys.service.js';
import { AuditRecordsRepository } from './audit/audit-records.repository.js';
import { AuditHandler } from './audit/audit.handler.js';
import { AuthConfig } from './config.js';
import { BootstrapService } from './identity/bootstrap.service.js';
import { IdentityHandler } from './identity/identity.handler.js';
import { IdentityRepository } from './identity/identity.repository.js';
import { IdentityService } from './identity/identity.service.js';
import { SessionsHandler } from './sessions/sessions.handler.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionsService } from './sessions/sessions.service.js';
import { SigningKeysHandler } from './signing-keys/signing-keys.handler.js';
import { SigningKeysRepository } from './signing-keys/signing-keys.repository.js';
import { SigningKeysService } from './signing-keys/signing-keys.service.js';

@Module({
  controllers: [IdentityHandler, SessionsHandler, SigningKeysHandler, ApiKeysHandler, AuditHandler],
  providers: [
    AuditLog,
    IdentityRepository,
    IdentityService,
    BootstrapService,
    SessionsRepository,
    SessionsService,
    SigningKeysRepository,
    SigningKeysService,
    ApiKeysRepository,
    ApiKeysService,
    AuditRecordsRepository,
    { provide: Policy, useFactory: () => new Policy() },
    {
      provide: SecretBox,
      useFactory: (config: AuthConfig) => new SecretBox(config.encryptionKey),
      inject: [AuthConfig],
    },
    {
      provide: ContextSigner,
      useFactory: (core: CoreConfig) => new ContextSigner(core.contextPrivateKey),
      inject: [CoreConfig],
    },
  ],
})
export class AppModule {}
