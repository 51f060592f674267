import { Injectable } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import { ServiceError, type Execution, type SignalRequest } from '@scm/contracts';
import { newId } from '@scm/database';
import { currentActor, currentTraceId } from '@scm/messaging';
import { Aftermath } from '../executions/aftermath.js';
import { ExecutionService, found } from '../executions/execution.service.js';
import type { CloudEvent } from '../machine/cloud-event.js';
import type { Control } from '../machine/control.js';
import { assertSmallEnough } from '../payloads/limits.js';

/** A control without who does it. */
export type Asked = Control extends infer One ? (One extends Control ? Omit<One, 'by'> : never) : never;

/** What people do to executions, each put on record in the transaction of its effect. */
@Injectable()
export class ControlService {
  constructor(
    private readonly executions: ExecutionService,
    private readonly aftermath: Aftermath,
    private readonly audit: AuditLog,
  ) {}

  async signal({ id, name, data }: SignalRequest): Promise<Execution> {
    assertSmallEnough(data, 'data');
    const { id: who, kind } = currentActor();
    const event: CloudEvent = {
      specversion: '1.0',
      id: newId(),
      source: `urn:scm:${kind}:${who}`,
      type: `scm.signal.${name}`,
      time: new Date().toISOString(),
      ...(data !== undefined && { data }),
    };
    return this.apply(id, { kind: 'signal', event });
  }

  /** Answers with the execution as it is after it. Throws FAILED_PRECONDITION when the control does not apply. */
  async apply(id: string, asked: Asked): Promise<Execution> {
    for (const field of ['input', 'output', 'form'])
      assertSmallEnough((asked as Record<string, unknown>)[field], field);
    const actor = currentActor();
    const by = `${actor.kind}:${actor.id}`;
    const audit = this.audit.rowOf({
      actor,
      action: 'executions:write',
      outcome: 'done',
      resourceType: 'execution',
      resourceId: id,
      reason: asked.kind,
      traceId: currentTraceId(),
    });
    const outcome = await this.aftermath.apply(id, { ...asked, by } as Control, {
      workspaceId: actor.workspaceId,
      audit,
    });
    const { status } = found(outcome?.execution, id);
    const isDone = asked.kind === 'cancel' && status === 'cancelled';
    if (!outcome?.move && !isDone) throw new ServiceError('FAILED_PRECONDITION', refusal(asked, status));
    return this.executions.get(id);
  }
}

function refusal(asked: Asked, status: string): string {
  const what = 'frame' in asked ? `step ${asked.frame}` : 'the execution';
  return `${asked.kind} does not apply to ${what}: the execution is ${status}`;
}
