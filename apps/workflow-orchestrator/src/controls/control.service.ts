import { Injectable } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import { ServiceError, type ApproveStepRequest, type Execution, type SignalRequest } from '@scm/contracts';
import { newId } from '@scm/database';
import { currentActor, currentTraceId } from '@scm/messaging';
import type { TaskOptions } from '../definitions/language.js';
import { PlanCache } from '../definitions/plan.cache.js';
import { Aftermath } from '../executions/aftermath.js';
import { ExecutionRepository } from '../executions/execution.repository.js';
import { ExecutionService, found } from '../executions/execution.service.js';
import type { CloudEvent } from '../machine/cloud-event.js';
import type { Control } from '../machine/control.js';
import { assertFormFits, assertIsAssignee } from './approval.js';
import { assertSmallEnough } from '../payloads/limits.js';

/** A control without who does it. */
export type Asked = Control extends infer One ? (One extends Control ? Omit<One, 'by'> : never) : never;

/** What people do to executions, each put on record in the transaction of its effect. */
@Injectable()
export class ControlService {
  constructor(
    private readonly executions: ExecutionService,
    private readonly rows: ExecutionRepository,
    private readonly plans: PlanCache,
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

  /** Only an assignee may approve or refuse a step, and what is filled in must be what the document asks for. */
  async approve({ id, step, approved, form }: ApproveStepRequest): Promise<Execution> {
    const approval = await this.approvalOf(id, step);
    if (approval) assertIsAssignee(approval, currentActor());
    if (approval && approved) assertFormFits(approval, form);
    return this.apply(id, { kind: 'approve', frame: step, approved, ...(form && { form }) });
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
    const isRepeated = await this.rows.inWorkspace(actor.workspaceId, (tx) => this.audit.isRecorded(tx, audit));
    if (isRepeated) return this.executions.get(id);
    const outcome = await this.aftermath.apply(id, { ...asked, by } as Control, {
      workspaceId: actor.workspaceId,
      audit,
    });
    const { status } = found(outcome?.execution, id);
    const isDone = asked.kind === 'cancel' && status === 'cancelled';
    if (!outcome?.move && !isDone) throw new ServiceError('FAILED_PRECONDITION', refusal(asked, status));
    return this.executions.get(id);
  }

  private async approvalOf(id: string, step: number): Promise<TaskOptions['approval']> {
    const { workspaceId } = currentActor();
    const row = await this.rows.inWorkspace(workspaceId, (tx) => this.rows.find(tx, id, 'shown'));
    const { workflow, version, state } = found(row, id);
    const frame = state.frames[step];
    const plan = await this.plans.get(workspaceId, workflow, version);
    return frame && plan.nodes.get(frame.ref)?.task.metadata?.scm?.approval;
  }
}

function refusal(asked: Asked, status: string): string {
  const what = 'frame' in asked ? `step ${asked.frame}` : 'the execution';
  return `${asked.kind} does not apply to ${what}: the execution is ${status}`;
}
