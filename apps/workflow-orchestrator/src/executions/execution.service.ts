import { Injectable } from '@nestjs/common';
import {
  invalidField,
  ServiceError,
  type Execution,
  type ExecutionPage,
  type ExecutionStarted,
  type HistoryPage,
  type HistoryRequest,
  type ListExecutionsRequest,
  type Payload,
  type PayloadRequest,
  type StartBuiltInRequest,
  type StartExecutionRequest,
} from '@scm/contracts';
import { decodeCursor, newId, toPage } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { BUILT_IN_VERSION } from '../definitions/built-in.js';
import { PlanCache } from '../definitions/plan.cache.js';
import { LargeValues } from '../payloads/large-values.js';
import { StartGate } from '../queues/start-gate.js';
import { Aftermath } from './aftermath.js';
import type { ExecutionRow } from './execution.entities.js';
import { ExecutionRepository } from './execution.repository.js';
import { toExecution, toHistoryEvent, toWholeExecution } from './execution-view.js';
import { Starter, type Start } from './starter.js';

/** Executions as people and services start and see them. */
@Injectable()
export class ExecutionService {
  constructor(
    private readonly executions: ExecutionRepository,
    private readonly plans: PlanCache,
    private readonly starter: Starter,
    private readonly aftermath: Aftermath,
    private readonly large: LargeValues,
    private readonly gate: StartGate,
  ) {}

  /** Throws RESOURCE_EXHAUSTED when too much waits already. */
  async start(request: StartExecutionRequest): Promise<ExecutionStarted> {
    const actor = currentActor();
    const start = { id: newId(), actor, startedBy: `${actor.kind}:${actor.id}` };
    return this.gate.pass(actor.workspaceId, () => this.startAs(start, request));
  }

  /** Of a workflow that every workspace has, for whoever the calling service works for. */
  async startBuiltIn({ id, workflow }: StartBuiltInRequest): Promise<ExecutionStarted> {
    const actor = currentActor();
    const start = { id, actor, startedBy: actor.onBehalfOf ?? `${actor.kind}:${actor.id}` };
    const request = { workflow, version: BUILT_IN_VERSION };
    return this.gate.pass(actor.workspaceId, () => this.startAs(start, request));
  }

  /** Answers after the commit. An id that exists is answered with what it is, and put in flight again if it should be. */
  async startAs(start: Start, request: StartExecutionRequest): Promise<ExecutionStarted> {
    const { execution, move } = await this.starter.start(start, request);
    await (move ? this.aftermath.follow(move) : this.aftermath.recover(execution));
    const { id, workflow, version, status } = execution;
    return { executionId: id, workflow, version, status };
  }

  async get(id: string): Promise<Execution> {
    const { row, history } = await this.executions.inWorkspace(currentActor().workspaceId, async (tx) => ({
      row: found(await this.executions.find(tx, id, 'shown'), id),
      history: await this.executions.history(tx, id, { form: 'shown' }),
    }));
    const plan = await this.plans.get(row.workspaceId, row.workflow, row.version);
    return toWholeExecution(row, plan, history);
  }

  async list({ limit = 50, cursor, from, to, ...search }: ListExecutionsRequest): Promise<ExecutionPage> {
    const after = cursor ? decodeCursor(cursor, ['instant', 'uuid']) : undefined;
    const times = { from: from && instantOf(from, 'from'), to: to && instantOf(to, 'to') };
    const wanted = { ...search, ...times, limit: limit + 1, after };
    const rows = await this.executions.list(currentActor().workspaceId, wanted);
    return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id], toExecution);
  }

  async history({ id, limit = 50, cursor }: HistoryRequest): Promise<HistoryPage> {
    const after = cursor ? Number(decodeCursor(cursor, ['whole'])[0]) : 0;
    const rows = await this.executions.inWorkspace(currentActor().workspaceId, async (tx) => {
      found(await this.executions.find(tx, id), id);
      return this.executions.history(tx, id, { after, limit: limit + 1, form: 'shown' });
    });
    return toPage(rows, limit, (row) => [row.seq], toHistoryEvent);
  }

  async payload({ id, payload }: PayloadRequest): Promise<Payload> {
    const { workspaceId } = currentActor();
    const value = await this.large.find({ id, workspaceId }, payload);
    if (value === undefined) throw new ServiceError('NOT_FOUND', `execution ${id} has no payload ${payload}`);
    return { value };
  }
}

/** ISO 8601 has more forms of a time than JavaScript and Postgres read. */
function instantOf(text: string, field: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw invalidField(field, 'is no time such as 2026-11-22T10:00:00Z');
  return new Date(ms).toISOString();
}

export function found(execution: ExecutionRow | undefined, id: string): ExecutionRow {
  if (!execution) throw new ServiceError('NOT_FOUND', `no execution ${id}`);
  return execution;
}
