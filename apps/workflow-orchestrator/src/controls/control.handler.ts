import { Controller } from '@nestjs/common';
import {
  ControlApi,
  type ApproveStepRequest,
  type ById,
  type DecideStepRequest,
  type EditStepRequest,
  type Execution,
  type ExecutionStarted,
  type ForkRequest,
  type SignalRequest,
  type SkipStepRequest,
  type StepControlRequest,
  type WhyReply,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { ControlService } from './control.service.js';
import { ForkService } from './fork.service.js';
import { WhyService } from './why.service.js';

@Controller()
export class ControlHandler {
  constructor(
    private readonly controls: ControlService,
    private readonly forks: ForkService,
    private readonly reasons: WhyService,
  ) {}

  @Rpc(ControlApi.pause)
  pause({ id }: ById): Promise<Execution> {
    return this.controls.apply(id, { kind: 'pause' });
  }

  @Rpc(ControlApi.resume)
  resume({ id }: ById): Promise<Execution> {
    return this.controls.apply(id, { kind: 'resume' });
  }

  @Rpc(ControlApi.retryStep)
  retry({ id, step }: StepControlRequest): Promise<Execution> {
    return this.controls.apply(id, { kind: 'retry', frame: step });
  }

  @Rpc(ControlApi.skipStep)
  skip({ id, step, output }: SkipStepRequest): Promise<Execution> {
    return this.controls.apply(id, { kind: 'skip', frame: step, ...(output !== undefined && { output }) });
  }

  @Rpc(ControlApi.editStep)
  edit({ id, step, input }: EditStepRequest): Promise<Execution> {
    return this.controls.apply(id, { kind: 'edit', frame: step, input });
  }

  @Rpc(ControlApi.approveStep)
  approve(request: ApproveStepRequest): Promise<Execution> {
    return this.controls.approve(request);
  }

  @Rpc(ControlApi.decideStep)
  decide({ id, step, decision, output }: DecideStepRequest): Promise<Execution> {
    return this.controls.apply(id, { kind: 'decide', frame: step, decision, output });
  }

  @Rpc(ControlApi.signal)
  signal(request: SignalRequest): Promise<Execution> {
    return this.controls.signal(request);
  }

  @Rpc(ControlApi.fork)
  fork(request: ForkRequest): Promise<ExecutionStarted> {
    return this.forks.fork(request);
  }

  @Rpc(ControlApi.why)
  why({ id }: ById): Promise<WhyReply> {
    return this.reasons.why(id);
  }
}
