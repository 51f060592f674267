import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import { errorTable, ServiceError } from '@scm/contracts';
import { derivedId } from '@scm/database';
import { traced, traceFrom } from '@scm/messaging';
import { serviceActor } from '@scm/service';
import { ExecutionService } from '../executions/execution.service.js';
import { SweepLoop } from '../executions/sweep.loop.js';
import { dueOf, type Due } from './due.js';
import type { ScheduleEntity } from './schedule.entity.js';
import { ScheduleRepository } from './schedule.repository.js';

const BATCH = 100;
const LEASE_MS = 15_000;

/**
 * Starts what is due. Every replica looks; whoever takes a schedule starts the execution whose id follows from workflow,
 * version and time, so that one that is started again, since its first replica died over it, is the same one.
 */
@Injectable()
export class ScheduleStarter implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(ScheduleStarter.name);
  private readonly loop = new SweepLoop(() => this.sweep(), this.logger);

  constructor(
    private readonly schedules: ScheduleRepository,
    private readonly executions: ExecutionService,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop.stop();
  }

  private async sweep(): Promise<boolean> {
    await this.schedules.wakeEnded();
    const now = new Date();
    const taken = await this.schedules.takeDue(now, new Date(now.getTime() + LEASE_MS), BATCH);
    await Promise.all(taken.map((schedule) => this.attend(schedule, now)));
    return taken.length === BATCH;
  }

  private async attend(schedule: ScheduleEntity, now: Date): Promise<void> {
    const due = schedule.nextAt && dueOf(schedule.timing, schedule.nextAt, now);
    if (!due) return;
    try {
      const executionId = await this.start(schedule, due);
      await this.schedules.started(schedule, { lastAt: due.at, nextAt: due.next, executionId });
    } catch (error) {
      const isPassing = !(error instanceof ServiceError) || errorTable[error.code].retryable;
      this.logger.warn(`${schedule.workflow} ${isPassing ? 'waits' : 'is not started'}: ${String(error)}`);
      if (isPassing) return;
      const next = 'afterMs' in schedule.timing ? new Date(now.getTime() + schedule.timing.afterMs) : due.next;
      await this.schedules.started(schedule, { lastAt: due.at, nextAt: next, executionId: null });
    }
  }

  private async start({ workspaceId, workflow, version }: ScheduleEntity, { at, missedFrom }: Due): Promise<string> {
    const dueAt = at.toISOString();
    const startedBy = `schedule:${dueAt}`;
    const id = derivedId(`schedule|${workspaceId}|${workflow}|${version}|${dueAt}`);
    const schedule = { dueAt, ...(missedFrom && { missedFrom: missedFrom.toISOString() }) };
    const actor = serviceActor('workflow-orchestrator', workspaceId, startedBy);
    // Nobody asked for it: its trace begins here.
    await traced('schedule.start', SpanKind.INTERNAL, traceFrom(undefined), () =>
      this.executions.startAs({ id, actor, startedBy, schedule }, { workflow, version, input: { dueAt } }),
    );
    return id;
  }
}
