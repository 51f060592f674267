import { Injectable } from '@nestjs/common';
import { AuditLog, type AuditRow } from '@scm/audit';
import { ServiceError, type Actor, type StartExecutionRequest } from '@scm/contracts';
import { currentTraceId, currentTraceparent } from '@scm/messaging';
import { GroupCommit } from '@scm/database';
import { EventRelay } from '@scm/service';
import { PlanCache } from '../definitions/plan.cache.js';
import { begin, resumeFrom, type Change, type Scheduled } from '../machine/machine.js';
import type { Plan } from '../machine/plan.js';
import { emptyState, type MachineState } from '../machine/state.js';
import { assertSmallEnough } from '../payloads/limits.js';
import { Admission } from '../queues/admission.js';
import { GrantRepository, type HeldCounters } from '../queues/grant.repository.js';
import { Places } from '../queues/grants.js';
import { DEFAULT_PRIORITY } from '../queues/queueing.js';
import { attributesOf, type Attributes } from '../search/attributes.js';
import type { ExecutionRow } from './execution.entities.js';
import { moveOf, type Move } from './move.js';
import { TransitionRepository } from './transition.repository.js';
import { TransitionService } from './transition.service.js';

/** Who starts an execution, and the id that makes starting it again change nothing. */
export interface Start {
  id: string;
  actor: Actor;
  startedBy: string;
  schedule?: Scheduled;
  /** The trace it belongs to, where that is not the one under way. */
  traceparent?: string | null;
  /** The task of another execution that waits for this one. */
  parent?: { id: string; frame: number };
}

export interface Started {
  execution: ExecutionRow;
  /** Its first transition, unless it was there before. */
  move?: Move;
}

/** The first move of an execution, before the queue was asked. */
interface First {
  plan: Plan;
  row: ExecutionRow;
  move: Move;
  audit: AuditRow;
}

/** Begins executions; those that begin at the same time are one commit. */
@Injectable()
export class Starter {
  private readonly commits = new GroupCommit<First, Move | undefined>((batch) => this.write(batch), {
    lanes: 1,
    maxBatch: 256,
  });
  private readonly newest = new GroupCommit<{ workspaceId: string; workflow: string }, string | undefined>(
    (batch) => this.repository.newestVersions(batch),
    { lanes: 1, maxBatch: 256 },
  );

  constructor(
    private readonly plans: PlanCache,
    private readonly transitions: TransitionService,
    private readonly repository: TransitionRepository,
    private readonly admission: Admission,
    private readonly grants: GrantRepository,
    private readonly relay: EventRelay,
    private readonly audit: AuditLog,
  ) {}

  /** Resolves after the commit, with the first transition; an id that exists gives what it is. */
  async start(start: Start, { workflow, version, input = {}, priority }: StartExecutionRequest): Promise<Started> {
    assertSmallEnough(input, 'input');
    const { workspaceId } = start.actor;
    const found = version ?? (await this.newest.add({ workspaceId, workflow }));
    if (found === undefined) throw new ServiceError('NOT_FOUND', `no workflow ${workflow}`);
    return this.keep(start, await this.firstMove(start, { workflow, version: found, priority }, input));
  }

  /** Begins with the state of another execution of the same workflow. */
  async continue(start: Start, of: ExecutionRow, change: Change, state: MachineState): Promise<Started> {
    const plan = await this.plans.get(of.workspaceId, of.workflow, of.version);
    const moment = this.transitions.moment();
    const row = newRow(start, of, of.input, moment.now, of.attributes);
    const transition = resumeFrom(plan, row, state, moment);
    return this.keep(start, { plan, row, move: moveOf(plan, row, change, transition, this.transitions) });
  }

  private async firstMove(
    start: Start,
    { workflow, version, priority: asked }: { workflow: string; version: string; priority?: number },
    input: unknown,
  ): Promise<Omit<First, 'audit'>> {
    const plan = await this.plans.get(start.actor.workspaceId, workflow, version);
    const moment = this.transitions.moment();
    const attributes = attributesOf(plan.document, { id: start.id, input, startedBy: start.startedBy });
    const priority = asked ?? plan.document.document.metadata?.scm?.priority ?? DEFAULT_PRIORITY;
    const row = newRow(start, { workflow, version, priority }, input, moment.now, attributes);
    const change: Change = { kind: 'start', ...(start.schedule && { schedule: start.schedule }) };
    return { plan, row, move: moveOf(plan, row, change, begin(plan, row, moment), this.transitions) };
  }

  private async keep({ actor }: Start, first: Omit<First, 'audit'>): Promise<Started> {
    const { id, workflow, version } = first.row;
    const audit = this.audit.rowOf({
      actor,
      action: 'executions:write',
      outcome: 'done',
      resourceType: 'execution',
      resourceId: id,
      details: { workflow, version },
      traceId: currentTraceId(),
    });
    const move = await this.commits.add({ ...first, audit });
    if (move) {
      this.relay.notify();
      this.admission.committed(move);
      return { execution: move.after, move };
    }
    const [existing] = await this.repository.read([id]);
    if (!existing || existing.workspaceId !== actor.workspaceId) {
      throw new ServiceError('ALREADY_EXISTS', `the id ${id} is taken`);
    }
    return { execution: existing };
  }

  /** Gives the moves of those that are new. */
  private async write(batch: readonly First[]): Promise<(Move | undefined)[]> {
    const keys = batch.flatMap(({ plan, row, move }) => this.admission.limitKeysOf(plan, { ...move, before: row }));
    const write = async (held?: HeldCounters) => {
      const starts = batch.map(({ plan, row, move, audit }) => {
        const places = new Places(row.workspaceId, held?.grants);
        return { move: this.admission.plan(plan, row, move, places), audit };
      });
      const fresh = await this.repository.startAll(starts, held);
      return starts.map(({ move }) => (fresh.has(move.after.id) ? move : undefined));
    };
    return keys.length === 0 ? write() : this.grants.holding(keys, write);
  }
}

function newRow(
  { id, actor, startedBy, parent, traceparent }: Start,
  { workflow, version, priority }: Pick<ExecutionRow, 'workflow' | 'version' | 'priority'>,
  input: unknown,
  createdAt: Date,
  attributes: Attributes | null,
): ExecutionRow {
  return {
    id,
    workspaceId: actor.workspaceId,
    workflow,
    version,
    status: 'running',
    revision: 0,
    input,
    state: emptyState(),
    output: null,
    error: null,
    startedBy,
    traceparent: traceparent ?? currentTraceparent() ?? null,
    createdAt,
    openCalls: null,
    openedAt: null,
    carried: null,
    listens: null,
    waits: null,
    checkAt: null,
    endedAt: null,
    parentId: parent?.id ?? null,
    parentFrame: parent?.frame ?? null,
    attributes,
    priority,
    queued: null,
  };
}
