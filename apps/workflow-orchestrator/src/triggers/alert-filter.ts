import type { AlertTransition } from '@scm/contracts';
import type { AlertFilter } from '../definitions/document.js';

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
