import { IsArray, IsInt, Matches, Max, Min } from 'class-validator';
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

  @Setting({
    description:
      'Shares of workspaces when steps wait for workers, as <workspace id>=<weight>, comma-separated; else 1',
  })
  @IsArray()
  @Matches(/^[0-9a-f-]{36}=([1-9]\d{0,3}|0?\.\d{1,3})$/, { each: true })
  workspaceWeights: string[] = [];

  @Setting({ description: 'Steps and executions of one workspace that may wait in the queue; then starts are refused' })
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  maxQueuedPerWorkspace: number = 50_000;

  @Setting({ description: 'Milliseconds; while a start is not answered after as many, further ones are refused' })
  @IsInt()
  @Min(50)
  @Max(60_000)
  maxStartWaitMs: number = 500;
}
