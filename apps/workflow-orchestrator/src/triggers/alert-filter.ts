import type { AlertTransition } from '@scm/contracts';
import type { WorkflowDocument } from '../definitions/language.js';

/** The type of the event that an alert is when it fires. */
export const ALERT_FIRED = 'scm.alert.fired';

export interface AlertFilter {
  subject?: string;
  data?: { alertName?: string; labels?: Record<string, string> };
}

/** What starts a workflow by `schedule.on.one`: an alert that fires, or any other event. */
export interface StartFilters {
  alertFilter: AlertFilter | null;
  eventFilter: Record<string, unknown> | null;
}

export function startFiltersOf({ schedule }: WorkflowDocument): StartFilters {
  const filter = schedule?.on?.one?.with;
  const isAlert = filter?.type === ALERT_FIRED;
  return { alertFilter: isAlert ? filter : null, eventFilter: filter && !isAlert ? filter : null };
}

/** Does an alert have the name and every label that a workflow waits for? */
export function matchesAlert({ subject, data }: AlertFilter, { alertName, labels }: AlertTransition): boolean {
  const names = [subject, data?.alertName].filter((name) => name !== undefined);
  return (
    names.every((name) => name === alertName) &&
    Object.entries(data?.labels ?? {}).every(
      ([label, value]) => Object.hasOwn(labels, label) && labels[label] === value,
    )
  );
}
