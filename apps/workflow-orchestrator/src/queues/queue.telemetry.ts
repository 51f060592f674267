import { Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { metrics, type BatchObservableResult } from '@opentelemetry/api';
import { boundedLabel } from '@scm/service';
import { QueueDepthRepository } from './queue-depth.repository.js';

const MAX_WORKSPACES = 100;

const meter = metrics.getMeter('@scm/workflow-orchestrator');
const depth = meter.createObservableGauge('scm.queue.depth', {
  description: 'Calls that are open: they wait for a worker, are with one, or wait for their next attempt',
  unit: '{call}',
});
const buried = meter.createCounter('scm.step.dead_letters', {
  description: 'Tasks that no worker could handle',
  unit: '{task}',
});

/** The metrics of the queues. Every replica reports the same depth, for it is that of the whole mesh. */
@Injectable()
export class QueueTelemetry implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(QueueTelemetry.name);
  private readonly workspaceOf = boundedLabel(MAX_WORKSPACES);
  private readonly report = (result: BatchObservableResult) => this.observe(result);

  constructor(private readonly queues: QueueDepthRepository) {}

  onModuleInit(): void {
    meter.addBatchObservableCallback(this.report, [depth]);
  }

  onModuleDestroy(): void {
    meter.removeBatchObservableCallback(this.report, [depth]);
  }

  countDeadLetter(capability: string, workspaceId: string | undefined): void {
    buried.add(1, { capability, workspace: workspaceId === undefined ? 'unknown' : this.workspaceOf(workspaceId) });
  }

  private async observe(result: BatchObservableResult): Promise<void> {
    try {
      const totals = new Map<string, { capability: string; workspace: string; count: number }>();
      for (const { workspaceId, capability, count } of await this.queues.depths()) {
        const about = { capability, workspace: this.workspaceOf(workspaceId) };
        const key = `${about.capability} ${about.workspace}`;
        totals.set(key, { ...about, count: count + (totals.get(key)?.count ?? 0) });
      }
      for (const { count, ...about } of totals.values()) result.observe(depth, count, about);
    } catch (error) {
      this.logger.warn(`the depth of the queues is not known: ${String(error)}`);
    }
  }
}
