import { Controller, type OnApplicationShutdown } from '@nestjs/common';
import {
  AcknowledgeRequest,
  AlertApi,
  CreateSilenceRequest,
  decodeValue,
  invalidField,
  Nested,
  ServiceError,
  StepTasks,
  type Actor,
  type StepTask,
} from '@scm/contracts';
import { EgressClient, type EgressRequest } from '@scm/egress';
import { MessagingClient, Task, type DeliveryInfo } from '@scm/messaging';
import { calls, type CallContext } from '../calls/call.js';
import { reachedElsewhere } from '../calls/elsewhere.js';
import { callMcpTool } from '../calls/mcp-tool.call.js';
import { Threads } from '../computing/threads.js';
import { SqlAction, SqlArguments } from '../sql/sql.action.js';
import { WorkerConfig } from '../worker.config.js';
import { HttpArguments, sendHttp } from './http-call.js';
import { StepRunner } from './step.runner.js';

/** `with` of an action step: exactly one of these. */
class ActionArguments {
  @Nested(() => HttpArguments, { optional: true }) http?: HttpArguments;
  @Nested(() => AcknowledgeRequest, { optional: true }) acknowledge?: AcknowledgeRequest;
  @Nested(() => CreateSilenceRequest, { optional: true }) silence?: CreateSilenceRequest;
  @Nested(() => SqlArguments, { optional: true }) sql?: SqlArguments;
}

/** Acts on the world. Every effect carries the step's key, so that a repeated attempt can be told from a new one. */
@Controller()
export class ActionStep implements OnApplicationShutdown {
  private readonly wayOut: Pick<EgressClient, 'send'>;

  constructor(
    private readonly runner: StepRunner,
    private readonly messaging: MessagingClient,
    private readonly egress: EgressClient,
    private readonly threads: Threads,
    private readonly sql: SqlAction,
    config: WorkerConfig,
  ) {
    this.wayOut = reachedElsewhere(egress, config.egressOrigins);
  }

  @Task(StepTasks.action)
  run(task: StepTask, info: DeliveryInfo): Promise<void> {
    return this.runner.run(task, info, (step, signal, actor) => this.act(step, signal, actor));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.egress.close();
  }

  private async act(task: StepTask, signal: AbortSignal, actor: Actor): Promise<unknown> {
    if (task.call === 'mcp-tool') return callMcpTool(this.messaging, task, actor, signal);
    // A request may take as long as the step.
    const egress = { send: (request: EgressRequest) => this.wayOut.send({ timeoutMs: task.timeoutMs, ...request }) };
    const call = calls[task.call];
    if (call) {
      const { input, key } = task;
      const compute: CallContext['compute'] = (name, args) => this.threads.run(name, args, task, signal);
      return call(task.with, { egress, input, key, signal, compute });
    }
    const { http, acknowledge, silence, sql } = decodeValue(ActionArguments, task.with);
    if ([http, acknowledge, silence, sql].filter(Boolean).length !== 1) {
      throw invalidField('with', 'give one of http, acknowledge, silence and sql');
    }
    if (sql) return this.sql.run(task, sql, signal);
    const options = { as: actor, idempotencyKey: task.key };
    if (acknowledge) return this.messaging.request(AlertApi.acknowledge, acknowledge, options).catch(notYetKnown);
    if (silence) return this.messaging.request(AlertApi.createSilence, silence, options);
    return sendHttp(egress, http as HttpArguments, task.key, signal);
  }
}

/** The alert that started the workflow reaches the notifier by another way, perhaps a moment later: worth a retry. */
function notYetKnown(error: unknown): never {
  if (!(error instanceof ServiceError) || error.code !== 'NOT_FOUND') throw error;
  throw new ServiceError('UNAVAILABLE', error.message, undefined, { cause: error });
}
