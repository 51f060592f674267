import { Injectable } from '@nestjs/common';
import { ServiceError, type ExecutionStarted, type ForkRequest } from '@scm/contracts';
import { newId } from '@scm/database';
import { currentActor } from '@scm/messaging';
import { PlanCache } from '../definitions/plan.cache.js';
import { Aftermath } from '../executions/aftermath.js';
import type { ExecutionRow, HistoryEventEntity } from '../executions/execution.entities.js';
import { ExecutionRepository } from '../executions/execution.repository.js';
import { found } from '../executions/execution.service.js';
import { Starter } from '../executions/starter.js';
import type { Plan } from '../machine/plan.js';
import { replay } from '../machine/replay.js';
import { copyOf, type MachineState } from '../machine/state.js';
import { assertSmallEnough } from '../payloads/limits.js';

const MAX_HISTORY = 10_000;

/**
 * Begins executions in the middle: what the former one did before a step is taken over from its history, made again by
 * the machine, and not done again.
 */
@Injectable()
export class ForkService {
  constructor(
    private readonly executions: ExecutionRepository,
    private readonly plans: PlanCache,
    private readonly starter: Starter,
    private readonly aftermath: Aftermath,
  ) {}

  async fork({ id, step, ...rest }: ForkRequest): Promise<ExecutionStarted> {
    if ('input' in rest) assertSmallEnough(rest.input, 'input');
    const actor = currentActor();
    const { row, history } = await this.executions.inWorkspace(actor.workspaceId, async (tx) => ({
      row: found(await this.executions.find(tx, id), id),
      history: await this.executions.history(tx, id, { limit: MAX_HISTORY }),
    }));
    const plan = await this.plans.get(row.workspaceId, row.workflow, row.version);
    const state = stateAt(plan, row, history, step);
    const frame = state.frames[step];
    if (frame && 'input' in rest) frame.data = rest.input;
    const start = { id: newId(), actor, startedBy: `fork:${id}` };
    const { execution, move } = await this.starter.continue(start, row, { kind: 'fork', of: id, frame: step }, state);
    if (move) await this.aftermath.follow(move);
    const { workflow, version, status } = execution;
    return { executionId: execution.id, workflow, version, status };
  }
}

/** The state in which the step had just been opened and nothing of it was done. */
function stateAt(plan: Plan, row: ExecutionRow, history: readonly HistoryEventEntity[], step: number): MachineState {
  for (const state of replay(plan, row, history)) {
    const frame = state.frames[step];
    if (frame?.kind !== 'call' && frame?.kind !== 'run') continue;
    if (state.undoing) break;
    return copyOf(state);
  }
  throw new ServiceError('FAILED_PRECONDITION', `step ${step} is no call that execution ${row.id} has come to`);
}
