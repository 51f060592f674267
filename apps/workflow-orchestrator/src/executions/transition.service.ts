import { Injectable } from '@nestjs/common';
import type { AuditRow } from '@scm/audit';
import { ServiceError } from '@scm/contracts';
import { EventRelay } from '@scm/service';
import { PlanCache } from '../definitions/plan.cache.js';
import { advance, type Change } from '../machine/machine.js';
import type { Moment } from '../machine/walk.js';
import { OrchestratorConfig } from '../orchestrator.config.js';
import { Admission } from '../queues/admission.js';
import { priorityIn } from '../queues/queueing.js';
import type { ExecutionRow } from './execution.entities.js';
import { ExecutionCache } from './execution.cache.js';
import { GroupCommit } from './group-commit.js';
import { hasEnded, moveOf, type Move, type OpenedCall } from './move.js';
import { TransitionRepository } from './transition.repository.js';

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
    const moves = new Map<Wanted, Move>();
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
      const move = await this.moveFor(execution, wanted);
      if (move) moves.set(wanted, move);
      else if (isFresh) outcomes.set(wanted, { execution });
      else this.cache.forget(id);
    }
    if (moves.size === 0) return;
    const moved = await this.transitions.moveAll([...moves].map(([{ audit }, move]) => ({ move, audit })));
    for (const [wanted, move] of moves) {
      if (!moved.has(wanted.executionId)) continue;
      this.admission.committed(move);
      outcomes.set(wanted, { execution: move.after, move });
    }
  }

  private async moveFor(execution: ExecutionRow, { change, held }: Wanted): Promise<Move | undefined> {
    if (hasEnded(execution.status)) return undefined;
    const plan = await this.plans.get(execution.workspaceId, execution.workflow, execution.version);
    const transition = advance(plan, execution, execution.state, change, this.moment());
    if (!transition) return undefined;
    const goesOn = (call: OpenedCall) =>
      this.admission.goesOn(call, priorityIn(plan, execution, call.frame), held ?? call.frame.id);
    const terms = { recheckMs: this.recheckMs, held, goesOn };
    return this.admission.plan(plan, execution, moveOf(plan, execution, change, transition, terms));
  }
}
