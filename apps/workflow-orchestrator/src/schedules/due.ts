import { Cron } from 'croner';
import type { Timing } from './timing.js';

/** What is to be started now. */
export interface Due {
  /** The latest time that has come. */
  at: Date;
  /** The first of the times that came before it and were missed, since nobody was there. */
  missedFrom?: Date;
  /** The next time; undefined when there is none, or when the end of the execution decides. */
  next?: Date;
}

/** The first time after a version was stored. */
export function firstTime(timing: Timing, stored: Date): Date | undefined {
  if ('cron' in timing) return cronOf(timing).nextRun(stored) ?? undefined;
  return later(stored, 'everyMs' in timing ? timing.everyMs : timing.afterMs);
}

/** What is due of a schedule whose next time was `wanted`; undefined when that has not come. */
export function dueOf(timing: Timing, wanted: Date, now: Date): Due | undefined {
  if (wanted > now) return undefined;
  if ('afterMs' in timing) return { at: wanted };
  if ('cron' in timing) return cronDue(cronOf(timing), wanted, now);
  const { everyMs } = timing;
  const at = later(wanted, Math.floor((now.getTime() - wanted.getTime()) / everyMs) * everyMs);
  return { at, ...(at > wanted && { missedFrom: wanted }), next: later(at, everyMs) };
}

function cronDue(cron: Cron, wanted: Date, now: Date): Due {
  // Times before `now`: its own millisecond is to be one of them.
  const [latest = wanted] = cron.previousRuns(1, later(now, 1));
  const at = latest > wanted ? latest : wanted;
  const next = cron.nextRun(at) ?? undefined;
  return { at, ...(at > wanted && { missedFrom: wanted }), ...(next && { next }) };
}

/** What clocks skip in spring runs as soon as they go on; what they show twice in autumn runs once. */
function cronOf({ cron, timeZone }: Extract<Timing, { cron: string }>): Cron {
  return new Cron(cron, { paused: true, timezone: timeZone });
}

function later(time: Date, ms: number): Date {
  return new Date(time.getTime() + ms);
}
