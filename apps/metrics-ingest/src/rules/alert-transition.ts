import type { AlertTransition } from '@scm/contracts';
import type { AlertInstance } from './alert-instance.repository.js';

/** What others are told when an alert fires or, with `endsAt`, is resolved. */
export function toTransition(instance: AlertInstance, alertName: string, endsAt?: Date): AlertTransition {
  const { alertId, workspaceId, ruleId, fingerprint, labels, annotations, value, firedAt, activeAt } = instance;
  return {
    alertId: alertId ?? '',
    workspaceId,
    ruleId,
    fingerprint,
    alertName,
    labels: { ...labels },
    annotations: { ...annotations },
    value: finite(value),
    startsAt: (firedAt ?? activeAt).toISOString(),
    ...(endsAt && { endsAt: endsAt.toISOString() }),
  };
}

/** JSON has only finite numbers: infinite ones become the largest there is, and what is no number 0. */
function finite(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}
