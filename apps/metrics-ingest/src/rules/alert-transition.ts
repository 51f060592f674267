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
    value,
    startsAt: (firedAt ?? activeAt).toISOString(),
    ...(endsAt && { endsAt: endsAt.toISOString() }),
  };
}
