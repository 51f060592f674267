import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditLog } from '@scm/audit';
import { ServiceError, type Nothing, type PageRequest, type Schedule, type SchedulePage } from '@scm/contracts';
import { decodeCursor, toPage } from '@scm/database';
import { currentActor, currentTraceId } from '@scm/messaging';
import type { WorkflowVersionEntity } from '../definitions/definition.entities.js';
import { firstTime } from './due.js';
import type { ScheduleEntity } from './schedule.entity.js';
import { ScheduleRepository } from './schedule.repository.js';
import { timingOf } from './timing.js';

/** Schedules as people see and end them. */
@Injectable()
export class ScheduleService {
  constructor(
    private readonly schedules: ScheduleRepository,
    private readonly audit: AuditLog,
  ) {}

  /** A new version of a workflow says when it starts, and no version before it any more. */
  async takeOver(tx: EntityManager, { workspaceId, name, version, document, createdAt }: WorkflowVersionEntity) {
    const timing = timingOf(document);
    const next = timing && firstTime(timing, createdAt);
    await this.schedules.replace(tx, { workspaceId, workflow: name, version }, timing, next);
  }

  async find(workspaceId: string, workflow: string): Promise<Schedule | undefined> {
    const found = await this.schedules.find(workspaceId, workflow);
    return found && toSchedule(found);
  }

  async list({ limit = 50, cursor }: PageRequest): Promise<SchedulePage> {
    const after = cursor ? decodeCursor(cursor, ['text']) : undefined;
    const rows = await this.schedules.list(currentActor().workspaceId, limit + 1, after);
    return toPage(rows, limit, (row) => [row.workflow], toSchedule);
  }

  /** Until a new version has one again. */
  async remove(workflow: string): Promise<Nothing> {
    const actor = currentActor();
    await this.schedules.inWorkspace(actor.workspaceId, async (tx) => {
      if (!(await this.schedules.remove(tx, actor.workspaceId, workflow))) {
        throw new ServiceError('NOT_FOUND', `workflow ${workflow} has no schedule`);
      }
      await this.audit.record(tx, {
        actor,
        action: 'workflows:write',
        outcome: 'done',
        resourceType: 'schedule',
        resourceId: workflow,
        traceId: currentTraceId(),
      });
    });
    return {};
  }
}

function toSchedule({ workflow, version, timing, nextAt, lastAt, lastExecutionId }: ScheduleEntity): Schedule {
  return {
    workflow,
    version,
    ...timing,
    ...(nextAt && { nextAt: nextAt.toISOString() }),
    ...(lastAt && { lastAt: lastAt.toISOString() }),
    ...(lastExecutionId && { lastExecutionId }),
  };
}
