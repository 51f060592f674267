import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, unavailableIfAway, type CursorKey } from '@scm/database';
import { ScheduleEntity } from './schedule.entity.js';
import type { Timing } from './timing.js';

const COLUMNS = `workspace_id as "workspaceId", workflow, version, timing, next_at as "nextAt", check_at as "checkAt",
  last_at as "lastAt", last_execution_id as "lastExecutionId"`;

/** Schedules: requests see those of one workspace, the sweep takes what is due of all. */
@Injectable()
export class ScheduleRepository {
  constructor(private readonly database: Database) {}

  async inWorkspace<T>(workspaceId: string, work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.database.inWorkspace(workspaceId, work);
  }

  /** The schedule of a version takes the place of that of the version before. */
  async replace(
    tx: EntityManager,
    { workspaceId, workflow, version }: Pick<ScheduleEntity, 'workspaceId' | 'workflow' | 'version'>,
    timing: Timing | undefined,
    nextAt: Date | undefined,
  ): Promise<void> {
    await this.remove(tx, workspaceId, workflow);
    if (!timing) return;
    await tx.query(
      `insert into schedules (workspace_id, workflow, version, timing, next_at, check_at) values ($1, $2, $3, $4, $5, $5)`,
      [workspaceId, workflow, version, JSON.stringify(timing), nextAt ?? null],
    );
  }

  /** False when there is none. */
  async remove(tx: EntityManager, workspaceId: string, workflow: string): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `delete from schedules where workspace_id = $1 and workflow = $2`,
      [workspaceId, workflow],
    );
    return count > 0;
  }

  async find(workspaceId: string, workflow: string): Promise<ScheduleEntity | undefined> {
    const found = await this.inWorkspace(workspaceId, (tx) => tx.findOneBy(ScheduleEntity, { workspaceId, workflow }));
    return found ?? undefined;
  }

  /** By workflow. */
  async list(workspaceId: string, limit: number, after?: CursorKey): Promise<ScheduleEntity[]> {
    return this.inWorkspace(workspaceId, (tx) =>
      tx
        .createQueryBuilder(ScheduleEntity, 's')
        .where('s.workspaceId = :workspaceId and s.workflow > :workflow', { workspaceId, workflow: after?.[0] ?? '' })
        .orderBy('s.workflow')
        .limit(limit)
        .getMany(),
    );
  }

  /** Takes schedules whose time has come; another replica does not get them before `until`. */
  async takeDue(now: Date, until: Date, limit: number): Promise<ScheduleEntity[]> {
    return this.spanning(
      `update schedules set check_at = $2 where (workspace_id, workflow) in (
        select workspace_id, workflow from schedules where check_at <= $1 order by check_at limit $3
        for update skip locked) returning ${COLUMNS}`,
      [now, until, limit],
    );
  }

  /** After a start; nothing when another version took over meanwhile, or another replica was faster. */
  async started(
    taken: ScheduleEntity,
    { lastAt, nextAt, executionId }: { lastAt: Date; nextAt?: Date; executionId: string | null },
  ): Promise<void> {
    await this.spanning(
      `update schedules set last_at = $5, next_at = $6, check_at = $6, last_execution_id = $7
       where workspace_id = $1 and workflow = $2 and version = $3 and next_at = $4`,
      [taken.workspaceId, taken.workflow, taken.version, taken.nextAt, lastAt, nextAt ?? null, executionId],
    );
  }

  /** Sets the next time of schedules whose last execution has ended and that wait for that. */
  async wakeEnded(): Promise<void> {
    await this.spanning(
      `update schedules s set next_at = e.ended_at + (s.timing->>'afterMs')::bigint * interval '1 ms',
         check_at = e.ended_at + (s.timing->>'afterMs')::bigint * interval '1 ms'
       from executions e where s.next_at is null and s.timing ? 'afterMs' and e.id = s.last_execution_id
         and e.ended_at is not null`,
      [],
    );
  }

  private async spanning(text: string, values: unknown[]): Promise<ScheduleEntity[]> {
    const asked = this.database.systemPool.query<ScheduleEntity>(text, values);
    return (await asked.catch((error: unknown) => Promise.reject(unavailableIfAway(error)))).rows;
  }
}
