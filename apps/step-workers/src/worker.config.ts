import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsInt, IsString, Max, Min } from 'class-validator';
import { capabilities, type Capability } from '@scm/contracts';
import { Setting } from '@scm/service';

export class WorkerConfig {
  @Setting({
    description: 'Step kinds this pool does, comma-separated: processing, analysis, decision, action, notification',
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn([...capabilities], { each: true })
  capabilities: Capability[] = [...capabilities];

  @Setting({ description: 'Steps of one kind done at once' })
  @IsInt()
  @Min(1)
  @Max(256)
  concurrency: number = 64;

  @Setting({ description: 'CPU time in milliseconds that a step of processing, analysis or decision may use' })
  @IsInt()
  @Min(10)
  @Max(600_000)
  stepCpuMs: number = 10_000;

  @Setting({ description: 'MiB of heap that a step of processing, analysis or decision may use' })
  @IsInt()
  @Min(16)
  @Max(4_096)
  stepMemoryMib: number = 64;

  @Setting({
    description: 'Hosts, addresses and CIDRs that action steps may reach although they are private, comma-separated',
  })
  @IsArray()
  @IsString({ each: true })
  egressAllow: string[] = [];

  @Setting({
    description:
      'Origins that calls reach elsewhere, as through an egress gateway: https://from=http://to, comma-separated',
  })
  @IsArray()
  @IsString({ each: true })
  egressOrigins: string[] = [];

  @Setting({
    description:
      'Postgres databases that action steps may write to, comma-separated: <workspace id or *>/<name>=<postgres URL>',
    secret: true,
  })
  @IsArray()
  @IsString({ each: true })
  sqlDatabases: string[] = [];
}
