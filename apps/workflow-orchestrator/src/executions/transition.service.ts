import { Injectable } from '@nestjs/common';
import type { AuditRow } from '@scm/audit';
import { ServiceError } from '@scm/contracts';
import { GroupCommit } from '@scm/database';
import { EventRelay } from '@scm/service';
import { PlanCache } from '../definitions/plan.cache.js';
import { advance, type Change } from '../machine/machine.js';
import type { Plan } from '../machine/plan.js';
import type { Moment } from '../machine/walk.js';
import { OrchestratorConfig } from '../orchestrator.config.js';
import { Admission, endedBy, type Step } from '../queues/admission.js';
import { GrantRepository, type HeldCounters } from '../queues/grant.repository.js';
import { Places, type Grants } from '../queues/grants.js';
import { priorityIn } from '../queues/queueing.js';
import type { ExecutionRow } from './execution.entities.js';
import { ExecutionCache } from './execution.cache.js';
import { hasEnded, moveOf, type Move, type OpenedCall } from './move.js';
import { isDeadlock, TransitionRepository } from './transition.repository.js';

export interface Wanted {
  executionId: string;
  /** Without it whichever workspace has that execution. */
  workspaceId?: string;
  change: Change;
  /** The step whose task the worker holds that brings the change and can go on. */
  held?: number;
  /** Puts the change on record, in its transaction. */
  audit?: AuditRow;
}

export interface Outcome {
  /** As it is after the change, or as it was found when nothing changed. */
  execution: ExecutionRow;
  /** The transition, when there was one. */
  move?: Move;
}

interface PlannedStep extends Step {
  plan: Plan;
}

/** Rounds without any progress, since other replicas were always faster. */
const MAX_LOST_ROUNDS = 100;

/** The only way a running execution changes: read, advance, and write if nobody else did in between; in batches. */
@Injectable()
export class TransitionService {
  private readonly commits = new GroupCommit<Wanted, Outcome | undefined>((batch) => this.applyAll(batch), {
    lanes: 1,
    maxBatch: 256,
  });

  constructor(
    private readonly transitions: TransitionRepository,
    private readonly cache: ExecutionCache,
    private readonly plans: PlanCache,
    private readonly admission: Admission,
    private readonly grants: GrantRepository,
    private readonly relay: EventRelay,
    private readonly config: OrchestratorConfig,
  ) {}

  /** Resolves after the commit; undefined when there is no such execution. */
  async apply(wanted: Wanted): Promise<Outcome | undefined> {
    const outcome = await this.commits.add(wanted);
    if (outcome?.move) this.relay.notify();
    return outcome;
  }

  get recheckMs(): number {
    return this.config.recheckSeconds * 1_000;
  }

  moment(): Moment {
    return { now: new Date(), random: Math.random() };
  }

  private async applyAll(batch: Wanted[]): Promise<(Outcome | undefined)[]> {
    const outcomes = new Map<Wanted, Outcome | undefined>();
    // What was only known from the cache, and gave no change, is read in the next round.
    for (let lost = 0; outcomes.size < batch.length;) {
      const settled = outcomes.size;
      await this.round(
        batch.filter((wanted) => !outcomes.has(wanted)),
        outcomes,
      );
      lost = outcomes.size > settled ? 0 : lost + 1;
      if (lost === MAX_LOST_ROUNDS) {
        throw new ServiceError('UNAVAILABLE', 'the executions are changed by others all the time');
      }
    }
    return batch.map((wanted) => outcomes.get(wanted));
  }

  /** Settles what can be settled: of several changes of one execution the first, and none that another writer outran. */
  private async round(open: Wanted[], outcomes: Map<Wanted, Outcome | undefined>): Promise<void> {
    const first = new Map<string, Wanted>();
    for (const wanted of open) if (!first.has(wanted.executionId)) first.set(wanted.executionId, wanted);
    const rows = new Map((await this.transitions.readKnown([...first.keys()])).map((known) => [known.row.id, known]));
    const steps = new Map<Wanted, PlannedStep>();
    for (const [id, wanted] of first) {
      const known = rows.get(id);
      if (!known) {
        for (const one of open) if (one.executionId === id) outcomes.set(one, undefined);
        continue;
      }
      const { row: execution, isFresh } = known;
      if ((wanted.workspaceId ?? execution.workspaceId) !== execution.workspaceId) {
        outcomes.set(wanted, undefined);
        continue;
      }
      const step = await this.stepFor(execution, wanted);
      if (step) steps.set(wanted, step);
      else if (isFresh) outcomes.set(wanted, { execution });
      else this.cache.forget(id);
    }
    if (steps.size === 0) return;
    for (const [wanted, move] of await this.write(steps)) {
      this.admission.committed(move);
      outcomes.set(wanted, { execution: move.after, move });
    }
  }

  private async stepFor(before: ExecutionRow, { change }: Wanted): Promise<PlannedStep | undefined> {
    if (hasEnded(before.status)) return undefined;
    const plan = await this.plans.get(before.workspaceId, before.workflow, before.version);
    const transition = advance(plan, before, before.state, change, this.moment());
    return transition && { plan, before, change, transition };
  }

  /** Gives what was written. Under limits it holds their counters meanwhile, where nobody waits for a place anyway. */
  private async write(steps: ReadonlyMap<Wanted, PlannedStep>): Promise<[Wanted, Move][]> {
    const keys = [...steps.values()].flatMap((step) => this.admission.limitKeysOf(step.plan, step));
    const write = async (held?: HeldCounters) => {
      const moves = [...steps].map(([wanted, step]) => ({ wanted, move: this.moveFor(step, wanted, held?.grants) }));
      const audited = moves.map(({ wanted, move }) => ({ move, audit: wanted.audit }));
      const moved = await this.transitions.moveAll(audited, held);
      return moves.flatMap(({ wanted, move }): [Wanted, Move][] => (moved.has(move.after.id) ? [[wanted, move]] : []));
    };
    if (keys.length === 0) return write();
    return this.grants.holding(keys, write).catch((error: unknown) => (isDeadlock(error) ? [] : Promise.reject(error)));
  }

  private moveFor({ plan, before, change, transition }: PlannedStep, { held }: Wanted, grants?: Grants): Move {
    const places = new Places(before.workspaceId, grants);
    for (const { limits } of endedBy(before, change)) grants?.giveBack(before.workspaceId, limits ?? []);
    const goesOn = (call: OpenedCall) =>
      this.admission.goesOn(call, priorityIn(plan, before, call.frame), held ?? call.frame.id, places);
    const move = moveOf(plan, before, change, transition, { recheckMs: this.recheckMs, held, goesOn });
    return this.admission.plan(plan, before, move, places);
  }
}
