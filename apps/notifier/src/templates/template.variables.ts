import type { SampleNotification, Severity } from '@scm/contracts';

/** A notification as templates see it. */
export interface ToldNotification {
  id: string;
  topic: string;
  title: string;
  body: string;
  severity: Severity;
  data: Record<string, unknown>;
  createdAt: string;
}

/** What Standard Webhooks carry; receivers rely on its shape. */
export function payloadOf({ topic, createdAt, id, title, body, severity, data }: ToldNotification): object {
  return { type: topic, timestamp: createdAt, data: { id, title, body, severity, ...data } };
}

export function variablesOf(notification: ToldNotification): object {
  return { ...notification, payload: payloadOf(notification) };
}

/** A notification to show a template with: an alert that fires, but for what is given. */
export function sampleNotification(given: SampleNotification = {}): ToldNotification {
  const startsAt = '2026-01-31T12:00:00.000Z';
  const alert = {
    id: '01900000-0000-7000-8000-000000000001',
    ruleId: '01900000-0000-7000-8000-000000000002',
    fingerprint: '5f1c0a9b',
    name: 'HostBusy',
    state: 'firing',
    severity: 'critical',
    labels: { alertname: 'HostBusy', instance: 'web-1', severity: 'critical' },
    annotations: { summary: 'Load 7.5 on web-1' },
    value: 7.5,
    startsAt,
    silencedBy: [],
  };
  return {
    id: '01900000-0000-7000-8000-000000000003',
    topic: 'alert.fired',
    title: 'Firing: HostBusy',
    body: 'Load 7.5 on web-1',
    severity: 'critical',
    data: { alert },
    createdAt: startsAt,
    ...given,
  };
}
