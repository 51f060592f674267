import { Controller } from '@nestjs/common';
import { ControlApi, type Execution, type ExecutionStarted, type Nothing, type WhyReply } from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1')
export class ControlsController {
  constructor(private readonly mesh: Mesh) {}

  @Route('GET', 'executions/:id/why', ControlApi.why, 'Say what an execution waits for')
  why(@Call() call: HttpCall): Promise<JsonText<WhyReply>> {
    return this.mesh.forward(ControlApi.why, call);
  }

  @Route('POST', 'executions/:id/pause', ControlApi.pause, 'Begin nothing new in an execution')
  pause(@Call() call: HttpCall): Promise<JsonText<Execution>> {
    return this.mesh.forward(ControlApi.pause, call);
  }

  @Route('POST', 'executions/:id/resume', ControlApi.resume, 'Let a paused execution go on')
  resume(@Call() call: HttpCall): Promise<JsonText<Execution>> {
    return this.mesh.forward(ControlApi.resume, call);
  }

  @Route('POST', 'executions/:id/signals/:name', ControlApi.signal, 'Send an execution a signal')
  signal(@Call() call: HttpCall): Promise<JsonText<Execution>> {
    return this.mesh.forward(ControlApi.signal, call);
  }

  @Route('POST', 'executions/:id/steps/:step/retry', ControlApi.retryStep, 'Try a failed step again now')
  retry(@Call() call: HttpCall): Promise<JsonText<Execution>> {
    return this.mesh.forward(ControlApi.retryStep, call);
  }

  @Route('POST', 'executions/:id/steps/:step/skip', ControlApi.skipStep, 'Leave a step out')
  skip(@Call() call: HttpCall): Promise<JsonText<Execution>> {
    return this.mesh.forward(ControlApi.skipStep, call);
  }

  @Route('POST', 'executions/:id/steps/:step/edit', ControlApi.editStep, 'Give a waiting step another input')
  edit(@Call() call: HttpCall): Promise<JsonText<Execution>> {
    return this.mesh.forward(ControlApi.editStep, call);
  }

  @Route('POST', 'executions/:id/steps/:step/approve', ControlApi.approveStep, 'Approve or refuse a step')
  approve(@Call() call: HttpCall): Promise<JsonText<Execution>> {
    return this.mesh.forward(ControlApi.approveStep, call);
  }

  @Route('POST', 'executions/:id/steps/:step/decide', ControlApi.decideStep, 'Settle a step of unknown outcome')
  decide(@Call() call: HttpCall): Promise<JsonText<Execution>> {
    return this.mesh.forward(ControlApi.decideStep, call);
  }

  @Route('POST', 'executions/:id/steps/:step/fork', ControlApi.fork, 'Begin a new execution at a step', { status: 202 })
  fork(@Call() call: HttpCall): Promise<JsonText<ExecutionStarted>> {
    return this.mesh.forward(ControlApi.fork, call);
  }

  @Route('POST', 'events', ControlApi.sendEvent, 'Send an event to whatever waits for it', { status: 202 })
  send(@Call() call: HttpCall): Promise<JsonText<Nothing>> {
    return this.mesh.forward(ControlApi.sendEvent, call);
  }
}
