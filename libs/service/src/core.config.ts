import { hostname } from 'node:os';
import { IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { Setting } from './settings.js';

/** What every service needs. */
export class CoreConfig {
  @Setting({ description: 'NATS servers, `nats://[token@]host:port`, comma-separated', secret: true })
  @Matches(/^(nats|tls):\/\//)
  natsUrl: string;

  @Setting({ description: 'This service’s Ed25519 private JWK; its `kid` is the service name', secret: true })
  @IsString()
  contextPrivateKey: string;

  @Setting({ description: 'JWKS with the public context keys of all services' })
  @IsString()
  contextPublicKeys: string;

  @Setting({ description: 'Name of this replica' })
  @IsString()
  instanceId: string = `${hostname()}-${process.pid}`;

  @Setting({ description: 'File whose modification time shows that the service is healthy' })
  @IsOptional()
  @IsString()
  heartbeatFile?: string;

  @Setting({ description: 'Seconds that running work may take to end when the service stops' })
  @IsInt()
  @Min(1)
  @Max(600)
  drainSeconds: number = 25;

  @Setting({ description: 'Least severe log lines shown: debug, info, warn or error' })
  @Matches(/^(debug|info|warn|error)$/)
  logLevel: string = 'info';
}

/** What every service with a schema needs. */
export class DatabaseConfig {
  @Setting({
    description: 'Postgres as the request role, which row-level security binds to one workspace',
    secret: true,
  })
  @Matches(/^postgres(ql)?:\/\//)
  databaseUrl: string;

  @Setting({ description: 'Postgres as the system role, which spans workspaces', secret: true })
  @Matches(/^postgres(ql)?:\/\//)
  databaseSystemUrl: string;
}

/** What `migrate` needs besides. */
export class MigrateConfig {
  @Setting({ description: 'Postgres as the owner of the schemas; used by `migrate` only', secret: true })
  @Matches(/^postgres(ql)?:\/\//)
  databaseOwnerUrl: string;
}
