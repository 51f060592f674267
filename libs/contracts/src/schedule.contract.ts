import { rpc } from './define.js';
import { Id, Instant, ListOf, Name, Text, Whole } from './fields.js';
import { Nothing, PageRequest } from './page.js';

/** When a workflow starts by itself: one of `cron`, `everyMs` and `afterMs`. */
export class Schedule {
  @Name() workflow: string;
  /** The version that is started. */
  @Text({ max: 64 }) version: string;
  @Text({ max: 256, optional: true }) cron?: string;
  /** Of the pattern, as IANA names it. */
  @Text({ max: 64, optional: true }) timeZone?: string;
  /** Every so often since the version was stored. */
  @Whole({ optional: true }) everyMs?: number;
  /** So long after the execution before has ended. */
  @Whole({ optional: true }) afterMs?: number;
  /** Missing while the execution before has not ended, and when no time is to come. */
  @Instant({ optional: true }) nextAt?: string;
  /** The time of the last start, which may have come later. */
  @Instant({ optional: true }) lastAt?: string;
  @Id({ optional: true }) lastExecutionId?: string;
}

export class SchedulePage {
  @ListOf(() => Schedule) items: Schedule[];
  @Text({ max: 1_024, optional: true }) nextCursor?: string;
}

export class ScheduleRef {
  @Name() workflow: string;
}

const service = 'workflow-orchestrator';

export const ScheduleApi = {
  list: rpc('schedule.v1.list', PageRequest, SchedulePage, { service, access: 'workflows:read', changes: false }),
  /** Ends a schedule; a new version of the workflow may begin one again. */
  remove: rpc('schedule.v1.remove', ScheduleRef, Nothing, { service, access: 'workflows:write', changes: true }),
};
