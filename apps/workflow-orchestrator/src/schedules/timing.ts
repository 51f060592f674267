import { Cron } from 'croner';
import type { FieldError } from '@scm/contracts';
import { durationMs } from '../definitions/duration.js';
import type { WorkflowDocument } from '../definitions/language.js';

/** When a workflow starts by itself. */
export type Timing =
  /** At the times of a cron pattern, as clocks in that time zone show them. */
  | { cron: string; timeZone: string }
  /** Every so often since its version was stored. */
  | { everyMs: number }
  /** So long after the execution before has ended. */
  | { afterMs: number };

const LEAST_MS = 1_000;

export function timingOf({ schedule, document }: WorkflowDocument): Timing | undefined {
  if (schedule?.cron !== undefined) {
    return { cron: schedule.cron, timeZone: document.metadata?.scm?.timeZone ?? 'UTC' };
  }
  if (schedule?.every !== undefined) return { everyMs: durationMs(schedule.every) ?? 0 };
  if (schedule?.after !== undefined) return { afterMs: durationMs(schedule.after) ?? 0 };
  return undefined;
}

/** What is wrong with the times of a document's schedule. */
export function timingFaults(document: WorkflowDocument): FieldError[] {
  const { cron, every, after } = document.schedule ?? {};
  const given = Object.entries({ cron, every, after }).filter(([, value]) => value !== undefined);
  const [, second] = given;
  const { timeZone } = document.document.metadata?.scm ?? {};
  return [
    ...(second ? [{ path: `/schedule/${second[0]}`, message: 'one of cron, every and after is supported' }] : []),
    ...(cron === undefined ? [] : cronFaults(cron)),
    ...(every === undefined ? [] : durationFaults('every', every, LEAST_MS)),
    ...(after === undefined ? [] : durationFaults('after', after, 0)),
    ...(timeZone === undefined ? [] : timeZoneFaults(timeZone)),
  ];
}

function cronFaults(pattern: string): FieldError[] {
  const path = '/schedule/cron';
  try {
    const next = new Cron(pattern, { paused: true, timezone: 'UTC' }).nextRun();
    return next ? [] : [{ path, message: 'has no time to come' }];
  } catch (error) {
    return [{ path, message: error instanceof Error ? error.message : 'is no cron pattern' }];
  }
}

function durationFaults(name: 'every' | 'after', duration: unknown, leastMs: number): FieldError[] {
  const path = `/schedule/${name}`;
  const ms = durationMs(duration);
  if (ms === undefined) return [{ path, message: 'must be a duration without expression' }];
  return ms < leastMs ? [{ path, message: `must be at least ${leastMs} ms` }] : [];
}

function timeZoneFaults(timeZone: string): FieldError[] {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return [];
  } catch {
    return [{ path: '/document/metadata/scm/timeZone', message: `${timeZone} is no time zone, such as Europe/Berlin` }];
  }
}
