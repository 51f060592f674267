import { Injectable } from '@nestjs/common';
import {
  AlertApi,
  ExecutionApi,
  MetricsApi,
  Nothing,
  ServiceError,
  services,
  SystemApi,
  type ReplicaStatus,
} from '@scm/contracts';
import { MessagingClient } from '@scm/messaging';
import type { Tool } from './tool.js';

const HOST_QUERY = '{__name__=~"scm_host_(cpu_usage_ratio|memory_.*|load[0-9]+)"}';
const MAX_ALERTS = 20;
const MAX_EXECUTIONS = 5;

interface VectorSample {
  metric: Record<string, string>;
  value: [number, string];
}

/** What is wrong now, in one call. */
@Injectable()
export class SystemOverviewTool implements Tool<Nothing> {
  readonly name = 'system_overview';
  readonly title = 'System overview';
  readonly description =
    'What is wrong now: firing alerts, the services of the mesh, the host’s CPU, memory and load, and the latest workflow executions.';
  readonly input = Nothing;
  readonly access = 'system:read';
  readonly annotations = { readOnlyHint: true };

  constructor(private readonly messaging: MessagingClient) {}

  async run(): Promise<object> {
    const [alerts, host, executions, replicas] = await Promise.all([
      part(this.firing()),
      part(this.host()),
      part(this.executions()),
      part(this.messaging.requestAll(SystemApi.status, {}).then(summaryOf)),
    ]);
    return {
      at: new Date().toISOString(),
      firingAlerts: alerts,
      host,
      recentExecutions: executions,
      services: replicas,
    };
  }

  private async firing(): Promise<object> {
    const { items, nextCursor } = await this.messaging.request(AlertApi.list, { state: 'firing', limit: MAX_ALERTS });
    const shown = items.map(({ id, name, severity, labels, value, startsAt, acknowledgedBy, silencedBy }) => {
      return { id, name, severity, labels, value, startsAt, acknowledgedBy, silencedBy };
    });
    return { shown, more: nextCursor !== undefined };
  }

  private async host(): Promise<object> {
    const { data } = await this.messaging.request(MetricsApi.query, { query: HOST_QUERY });
    const samples = (data as { result: VectorSample[] }).result;
    return samples.map(({ metric: { __name__: metric, ...labels }, value: [, value] }) => ({
      metric,
      labels,
      value: Number(value),
    }));
  }

  private async executions(): Promise<object> {
    const { items } = await this.messaging.request(ExecutionApi.list, { limit: MAX_EXECUTIONS });
    return items.map(({ id, workflow, status, startedBy, createdAt, endedAt }) => ({
      id,
      workflow,
      status,
      startedBy,
      createdAt,
      endedAt,
    }));
  }
}

/** One absent or forbidden part does not hide the others: it says why it is not there. */
async function part(wanted: Promise<object>): Promise<object> {
  try {
    return await wanted;
  } catch (error) {
    if (error instanceof ServiceError) return { unavailable: error.code, reason: error.message };
    throw error;
  }
}

function summaryOf(replicas: ReplicaStatus[]): object {
  return services.map((name) => {
    const mine = replicas.filter((replica) => replica.service === name);
    const failing = mine.flatMap((replica) => Object.entries(replica.checks).filter(([, result]) => result !== 'ok'));
    const ready = mine.filter((replica) => replica.state === 'ready').length;
    return { name, replicas: mine.length, ready, ...(failing.length > 0 && { failing: Object.fromEntries(failing) }) };
  });
}
