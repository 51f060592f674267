import { IsInt, Matches, Max, Min } from 'class-validator';
import { Setting } from '@scm/service';

export class OrchestratorConfig {
  @Setting({ description: '32 bytes in base64url that wrap the data keys of workspaces', secret: true })
  @Matches(/^[\w-]{43}=?$/)
  encryptionKey: string;

  @Setting({
    description: 'Seconds after which a running step is checked: a task that NATS has lost is enqueued again',
  })
  @IsInt()
  @Min(1)
  @Max(3_600)
  recheckSeconds: number = 15;
}
