import { Injectable } from '@nestjs/common';
import { AuditLog } from '@scm/audit';
import {
  ServiceError,
  type Actor,
  type Execution,
  type ExecutionPage,
  type ExecutionStarted,
  type HistoryPage,
  type HistoryRequest,
  type ListExecutionsRequest,
  type StartExecutionRequest,
} from '@scm/contracts';
import { decodeCursor, newId, toPage } from '@scm/database';
import { currentActor, currentTraceId, currentTraceparent } from '@scm/messaging';
import { EventRelay } from '@scm/service';
import { DefinitionRepository } from '../definitions/definition.repository.js';
import { PlanCache } from '../definitions/plan.cache.js';
import { advance, begin } from './advance.js';
import { Dispatcher } from './dispatcher.js';
import type { ExecutionRow } from './execution.entities.js';
import { ExecutionRepository, type NewExecution } from './execution.repository.js';
import { toExecution, toHistoryEvent, toWholeExecution } from './execution-view.js';
import { TransitionRepository } from './transition.repository.js';
import { TransitionService } from './transition.service.js';

const MAX_INPUT_CHARACTERS = 262_144;

/** Who starts an execution, and the id that makes starting it again change nothing. */
export interface Starter {
  id: string;
  actor: Actor;
  startedBy: string;
}

/** Executions as people and services ask for them. */
@Injectable()
export class ExecutionService {
  constructor(
    private readonly executions: ExecutionRepository,
    private readonly definitions: DefinitionRepository,
    private readonly plans: PlanCache,
    private readonly transitions: TransitionService,
    private readonly moves: TransitionRepository,
    private readonly dispatcher: Dispatcher,
    private readonly relay: EventRelay,
    private readonly audit: AuditLog,
  ) {}

  async start(request: StartExecutionRequest): Promise<ExecutionStarted> {
    const actor = currentActor();
    return this.startAs({ id: newId(), actor, startedBy: `${actor.kind}:${actor.id}` }, request);
  }

  /** Answers after the commit. An id that exists is answered with what it is, and put in flight again if it should be. */
  async startAs(starter: Starter, { workflow, version, input = {} }: StartExecutionRequest): Promise<ExecutionStarted> {
    const { id, startedBy } = starter;
    const { workspaceId } = starter.actor;
    if (JSON.stringify(input).length > MAX_INPUT_CHARACTERS) {
      throw new ServiceError('PAYLOAD_TOO_LARGE', `an input has at most ${MAX_INPUT_CHARACTERS} characters`);
    }
    const definition = await this.definitions.find(workspaceId, workflow, version);
    if (!definition)
      throw new ServiceError('NOT_FOUND', `no workflow ${[workflow, version].filter(Boolean).join(' ')}`);
    const wanted: NewExecution = {
      id,
      workspaceId,
      workflow,
      version: definition.version,
      input,
      startedBy,
      traceparent: currentTraceparent() ?? null,
      createdAt: new Date(),
    };
    const { execution, fresh } = await this.keep(wanted, starter.actor);
    this.relay.notify();
    await (fresh ? this.dispatcher.dispatch(execution) : this.dispatcher.ensure(execution));
    return { executionId: id, workflow: execution.workflow, version: execution.version, status: execution.status };
  }

  async get(id: string): Promise<Execution> {
    const { row, history } = await this.executions.inWorkspace(currentActor().workspaceId, async (tx) => ({
      row: found(await this.executions.find(tx, id), id),
      history: await this.executions.history(tx, id),
    }));
    return toWholeExecution(row, await this.planOf(row), history);
  }

  async list({ workflow, status, limit = 50, cursor }: ListExecutionsRequest): Promise<ExecutionPage> {
    const after = cursor ? decodeCursor(cursor, ['instant', 'uuid']) : undefined;
    const wanted = { workflow, status, limit: limit + 1, after };
    const rows = await this.executions.list(currentActor().workspaceId, wanted);
    return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id], toExecution);
  }

  async history({ id, limit = 50, cursor }: HistoryRequest): Promise<HistoryPage> {
    const after = cursor ? Number(decodeCursor(cursor, ['whole'])[0]) : 0;
    const rows = await this.executions.inWorkspace(currentActor().workspaceId, async (tx) => {
      found(await this.executions.find(tx, id), id);
      return this.executions.history(tx, id, after, limit + 1);
    });
    return toPage(rows, limit, (row) => [row.seq], toHistoryEvent);
  }

  /** Ends it where it is; what a worker still does for it is not taken any more. Cancelling twice changes nothing. */
  async cancel(id: string): Promise<Execution> {
    const actor = currentActor();
    const before = await this.executions.inWorkspace(actor.workspaceId, async (tx) => {
      const execution = found(await this.executions.lock(tx, id), id);
      if (execution.status === 'cancelled') return undefined;
      const change = { kind: 'cancel' as const, by: `${actor.kind}:${actor.id}` };
      const transition = advance(await this.planOf(execution), execution, change, this.transitions.moment());
      if (!transition) throw new ServiceError('FAILED_PRECONDITION', `the execution is ${execution.status} already`);
      await this.moves.moveIn(tx, { execution, transition });
      await this.audit.record(tx, {
        actor,
        action: 'executions:write',
        outcome: 'done',
        resourceType: 'execution',
        resourceId: id,
        reason: 'cancelled',
        traceId: currentTraceId(),
      });
      return execution;
    });
    this.relay.notify();
    if (before) await this.dispatcher.withdraw(before);
    return this.get(id);
  }

  private async keep(wanted: NewExecution, actor: Actor): Promise<{ execution: ExecutionRow; fresh: boolean }> {
    const { id, workspaceId, workflow, version } = wanted;
    const first = begin(await this.plans.get(workspaceId, workflow, version), wanted, this.transitions.moment());
    return this.executions.inWorkspace(workspaceId, async (tx) => {
      const fresh = await this.executions.add(tx, wanted, first);
      if (fresh) {
        await this.audit.record(tx, {
          actor,
          action: 'executions:write',
          outcome: 'done',
          resourceType: 'execution',
          resourceId: id,
          details: { workflow, version },
          traceId: currentTraceId(),
        });
      }
      return { execution: found(await this.executions.find(tx, id), id), fresh };
    });
  }

  private async planOf({ workspaceId, workflow, version }: ExecutionRow) {
    return this.plans.get(workspaceId, workflow, version);
  }
}

function found(execution: ExecutionRow | undefined, id: string): ExecutionRow {
  if (!execution) throw new ServiceError('NOT_FOUND', `no execution ${id}`);
  return execution;
}
