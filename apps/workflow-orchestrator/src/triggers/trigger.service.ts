import { Injectable } from '@nestjs/common';
import type { AlertTransition } from '@scm/contracts';
import { derivedId } from '@scm/database';
import { serviceActor } from '@scm/service';
import { DefinitionRepository } from '../definitions/definition.repository.js';
import { ExecutionService } from '../executions/execution.service.js';
import { matchesAlert } from './alert-filter.js';

/** Starts the workflows that wait for an alert. */
@Injectable()
export class TriggerService {
  constructor(
    private readonly definitions: DefinitionRepository,
    private readonly executions: ExecutionService,
  ) {}

  /** One execution for each alert and workflow, however often the event comes. The alert is its input. */
  async startFor(alert: AlertTransition): Promise<void> {
    const { alertId, workspaceId } = alert;
    const startedBy = `alert:${alertId}`;
    const actor = serviceActor('workflow-orchestrator', workspaceId, startedBy);
    for (const { name, version, filter } of await this.definitions.startedByAlerts(workspaceId)) {
      if (!matchesAlert(filter, alert)) continue;
      const starter = { id: derivedId(`${workspaceId}|${alertId}|${name}`), actor, startedBy };
      await this.executions.startAs(starter, {
        workflow: name,
        version,
        input: Object.fromEntries(Object.entries(alert)),
      });
    }
  }
}
