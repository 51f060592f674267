import { IsInt, Max, Min } from 'class-validator';
import { Setting } from '@scm/service';

export class OrchestratorConfig {
  @Setting({
    description: 'Seconds after which a running step is checked: a task that NATS has lost is enqueued again',
  })
  @IsInt()
  @Min(1)
  @Max(3_600)
  recheckSeconds: number = 15;
}
