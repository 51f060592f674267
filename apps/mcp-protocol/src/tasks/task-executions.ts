import { Injectable } from '@nestjs/common';
import { ControlApi, ExecutionApi, ServiceError } from '@scm/contracts';
import { errorCodes } from '@scm/mcp-messages';
import { MessagingClient } from '@scm/messaging';
import { serviceActor } from '@scm/service';
import type { TaskOutcome } from './task.js';

/** A task as the engine knows it: both have one id. */
interface OfTask {
  id: string;
  workspaceId: string;
  principal?: string;
}

/** The executions that work on tasks: the engine sees to it that a tool is called whatever stops meanwhile. */
@Injectable()
export class TaskExecutions {
  constructor(private readonly messaging: MessagingClient) {}

  /** Resolves when it is stored. */
  async start(task: OfTask): Promise<void> {
    await this.messaging.request(ExecutionApi.startBuiltIn, { id: task.id, workflow: 'mcp-tool-call' }, asOf(task));
  }

  /** Lets the tool be called again; `round` names the step that waits, so that it goes on once. */
  async goOn(task: OfTask, round: number): Promise<void> {
    const idempotencyKey = `mcp-task/${task.id}/${round}`;
    await this.messaging.request(
      ControlApi.signal,
      { id: task.id, name: 'input', data: { round } },
      { ...asOf(task), idempotencyKey },
    );
  }

  /** One that ended before stays as it is. */
  async cancel(task: OfTask): Promise<void> {
    await this.messaging.request(ExecutionApi.cancel, { id: task.id }, asOf(task)).catch((error: unknown) => {
      if (error instanceof ServiceError && absent.includes(error.code)) return;
      throw error;
    });
  }

  /**
   * What a task ended with whose execution ended without its tool; undefined while it goes on, or cannot be asked.
   * `round` is one that may not have heard that it can go on.
   */
  async lookAfter(task: OfTask, round: number | undefined): Promise<TaskOutcome | undefined> {
    try {
      if (round !== undefined) await this.goOn(task, round);
      const { status } = await this.messaging.request(ExecutionApi.get, { id: task.id }, asOf(task));
      if (status === 'cancelled') return { status };
      return status === 'faulted' ? lost : undefined;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return error.code === 'NOT_FOUND' ? lost : undefined;
    }
  }
}

const lost: TaskOutcome = {
  status: 'failed',
  error: {
    code: errorCodes.internalError,
    message: 'The call was given up: nobody knows what the tool has done',
  },
};

const absent: readonly string[] = ['FAILED_PRECONDITION', 'NOT_FOUND'];

function asOf({ workspaceId, principal }: OfTask) {
  return { as: serviceActor('mcp-protocol', workspaceId, principal) };
}
