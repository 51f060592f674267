import type { ServiceName } from './actor.js';
import { capabilities, StepTasks, WorkflowEvents } from './workflow.contract.js';
import { MetricsEvents } from './metrics.contract.js';
import { subscription, type TaskContract, type Subscription } from './define.js';

/** One JetStream stream. Its owner creates it, publishes into it and keeps its epoch. */
export interface StreamDeclaration {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly owner: ServiceName;
  readonly retention: 'workqueue' | 'limits';
  readonly storage: 'file' | 'memory';
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly maxMessagesPerSubject?: number;
}

const HOUR_MS = 3_600_000;
const MIB = 1_048_576;

export const streams = {
  tasks: {
    name: 'TASKS',
    subjects: ['scm.task.>'],
    owner: 'workflow-orchestrator',
    retention: 'workqueue',
    storage: 'file',
    maxBytes: 256 * MIB,
    maxAgeMs: 0,
  },
  workflow: {
    name: 'WORKFLOW_EVENTS',
    subjects: ['scm.evt.workflow.>'],
    owner: 'workflow-orchestrator',
    retention: 'limits',
    storage: 'file',
    maxBytes: 256 * MIB,
    maxAgeMs: 24 * HOUR_MS,
  },
  metrics: {
    name: 'METRICS_EVENTS',
    subjects: ['scm.evt.metrics.>'],
    owner: 'metrics-ingest',
    retention: 'limits',
    storage: 'file',
    maxBytes: 64 * MIB,
    maxAgeMs: 24 * HOUR_MS,
  },
  frames: {
    name: 'METRIC_FRAMES',
    subjects: ['scm.evt.frame.>'],
    owner: 'metrics-ingest',
    retention: 'limits',
    storage: 'memory',
    maxBytes: 64 * MIB,
    maxAgeMs: HOUR_MS,
    maxMessagesPerSubject: 120,
  },
  alerts: {
    name: 'ALERT_EVENTS',
    subjects: ['scm.evt.alert.>'],
    owner: 'notifier',
    retention: 'limits',
    storage: 'file',
    maxBytes: 64 * MIB,
    maxAgeMs: 24 * HOUR_MS,
  },
  mcp: {
    name: 'MCP_FRAMES',
    subjects: ['scm.evt.mcp.>'],
    owner: 'mcp-protocol',
    retention: 'limits',
    storage: 'memory',
    maxBytes: 64 * MIB,
    maxAgeMs: 10 * 60_000,
  },
  taps: {
    name: 'MCP_TAPS',
    subjects: ['scm.evt.tap.>'],
    owner: 'mcp-protocol',
    retention: 'limits',
    storage: 'memory',
    maxBytes: 64 * MIB,
    maxAgeMs: 10 * 60_000,
  },
} as const satisfies Record<string, StreamDeclaration>;

/** Who reads which event durably. */
export const subscriptions = {
  notifierAlertFired: subscription(MetricsEvents.alertFired, { service: 'notifier' }),
  notifierAlertResolved: subscription(MetricsEvents.alertResolved, { service: 'notifier' }),
  orchestratorAlertFired: subscription(MetricsEvents.alertFired, { service: 'workflow-orchestrator' }),
  orchestratorEventEmitted: subscription(WorkflowEvents.eventEmitted, { service: 'workflow-orchestrator' }),
} satisfies Record<string, Subscription>;

/** The stream that holds a subject. */
export function streamOf(subject: string): StreamDeclaration {
  const found = Object.values<StreamDeclaration>(streams).find((s) =>
    s.subjects.some((pattern) => subject.startsWith(pattern.slice(0, -1))),
  );
  if (!found) throw new TypeError(`no stream holds ${subject}`);
  return found;
}

/** A durable consumer's name: the subject without its dots, and the reader. */
export function consumerName(contract: TaskContract | Subscription): string {
  if (contract.kind === 'task') return contract.subject.replaceAll('.', '-');
  return `${contract.event.subject.replaceAll('.', '-')}--${contract.service}`;
}

export const allTasks = capabilities.map((capability) => StepTasks[capability]);
