import { Controller } from '@nestjs/common';
import {
  ExecutionApi,
  PayloadApi,
  type Execution,
  type ExecutionPage,
  type ExecutionStarted,
  type HistoryPage,
  type Payload,
} from '@scm/contracts';
import type { JsonText } from '@scm/messaging';
import { Route } from '../access/route.decorator.js';
import { Call, Mesh, type HttpCall } from '../mesh/mesh.js';

@Controller('api/v1')
export class ExecutionsController {
  constructor(private readonly mesh: Mesh) {}

  @Route('POST', 'workflows/:workflow/executions', ExecutionApi.start, 'Start a workflow', { status: 202 })
  start(@Call() call: HttpCall): Promise<JsonText<ExecutionStarted>> {
    return this.mesh.forward(ExecutionApi.start, call);
  }

  @Route('GET', 'executions', ExecutionApi.list, 'List executions, newest first')
  list(@Call() call: HttpCall): Promise<JsonText<ExecutionPage>> {
    return this.mesh.forward(ExecutionApi.list, call);
  }

  @Route('GET', 'executions/:id', ExecutionApi.get, 'Show an execution with its steps')
  get(@Call() call: HttpCall): Promise<JsonText<Execution>> {
    return this.mesh.forward(ExecutionApi.get, call);
  }

  @Route('GET', 'executions/:id/history', ExecutionApi.history, 'List every transition of an execution')
  history(@Call() call: HttpCall): Promise<JsonText<HistoryPage>> {
    return this.mesh.forward(ExecutionApi.history, call);
  }

  @Route('GET', 'executions/:id/payloads/:payload', PayloadApi.get, 'Show a large value of an execution')
  payload(@Call() call: HttpCall): Promise<JsonText<Payload>> {
    return this.mesh.forward(PayloadApi.get, call);
  }

  @Route('POST', 'executions/:id/cancel', ExecutionApi.cancel, 'Cancel an execution')
  cancel(@Call() call: HttpCall): Promise<JsonText<Execution>> {
    return this.mesh.forward(ExecutionApi.cancel, call);
  }
}
