import { Controller } from '@nestjs/common';
import {
  ExecutionApi,
  PayloadApi,
  type ById,
  type Execution,
  type ExecutionPage,
  type ExecutionStarted,
  type HistoryPage,
  type HistoryRequest,
  type ListExecutionsRequest,
  type Payload,
  type PayloadRequest,
  type StartBuiltInRequest,
  type StartExecutionRequest,
} from '@scm/contracts';
import { Rpc } from '@scm/messaging';
import { ControlService } from '../controls/control.service.js';
import { ExecutionService } from './execution.service.js';

@Controller()
export class ExecutionHandler {
  constructor(
    private readonly executions: ExecutionService,
    private readonly controls: ControlService,
  ) {}

  @Rpc(ExecutionApi.start)
  start(request: StartExecutionRequest): Promise<ExecutionStarted> {
    return this.executions.start(request);
  }

  @Rpc(ExecutionApi.startBuiltIn)
  startBuiltIn(request: StartBuiltInRequest): Promise<ExecutionStarted> {
    return this.executions.startBuiltIn(request);
  }

  @Rpc(ExecutionApi.get)
  get({ id }: ById): Promise<Execution> {
    return this.executions.get(id);
  }

  @Rpc(ExecutionApi.list)
  list(request: ListExecutionsRequest): Promise<ExecutionPage> {
    return this.executions.list(request);
  }

  @Rpc(ExecutionApi.history)
  history(request: HistoryRequest): Promise<HistoryPage> {
    return this.executions.history(request);
  }

  @Rpc(PayloadApi.get)
  payload(request: PayloadRequest): Promise<Payload> {
    return this.executions.payload(request);
  }

  @Rpc(ExecutionApi.cancel)
  cancel({ id }: ById): Promise<Execution> {
    return this.controls.apply(id, { kind: 'cancel' });
  }
}
