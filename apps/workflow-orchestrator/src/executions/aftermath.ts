import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { ServiceError, type StepTask } from '@scm/contracts';
import { serviceActor } from '@scm/service';
import { PlanCache } from '../definitions/plan.cache.js';
import { executionError } from '../machine/error.js';
import { heldBack } from '../machine/limits.js';
import type { Change } from '../machine/machine.js';
import { nodeAt } from '../machine/plan.js';
import type { Frame } from '../machine/state.js';
import { goesStraight } from '../queues/admission.js';
import { WHOLE } from '../queues/queueing.js';
import { QueueRepository } from '../queues/queue.repository.js';
import { Dispatcher } from './dispatcher.js';
import type { ExecutionRow } from './execution.entities.js';
import { carriedBy, hasEnded, openCalls, openedCalls, openRuns, type Move } from './move.js';
import { Starter } from './starter.js';
import { TransitionRepository } from './transition.repository.js';
import { TransitionService, type Outcome, type Wanted } from './transition.service.js';

/** A larger task goes by way of the queue, which can tell that no message carries it. */
const MAX_HANDED_CHARACTERS = 131_072;
/** Beyond so many, whoever brings more waits for what follows. */
const MAX_UNDER_WAY = 1_000;

/**
 * What follows from a transition once it is committed. All of it can be derived from the rows again, so nobody waits for
 * it: a message that is lost on the way must not hold up the answer to others.
 */
@Injectable()
export class Aftermath implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Aftermath.name);
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly transitions: TransitionService,
    private readonly repository: TransitionRepository,
    private readonly dispatcher: Dispatcher,
    private readonly starter: Starter,
    private readonly plans: PlanCache,
    private readonly queue: QueueRepository,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.underWay);
  }

  /** Applies a change and begins what follows from it. Resolves after the commit. */
  async apply(
    executionId: string,
    change: Change,
    { workspaceId, audit, held }: Pick<Wanted, 'workspaceId' | 'audit' | 'held'> = {},
  ): Promise<Outcome | undefined> {
    const outcome = await this.transitions.apply({ executionId, change, workspaceId, audit, held });
    if (outcome?.move) await this.follow(outcome.move);
    return outcome;
  }

  /** Begins what follows from a committed move. */
  async follow(move: Move): Promise<void> {
    await this.begin(this.of(move));
  }

  /** Begins to put in flight again whatever should be and is not. */
  async recover(execution: ExecutionRow): Promise<void> {
    await this.begin(this.ensure(execution));
  }

  /** Work that the sweep does again when it fails. */
  async begin(work: Promise<void>): Promise<void> {
    const one = work
      .catch((error: unknown) => this.logger.warn(`what follows waits for the sweep: ${String(error)}`))
      .finally(() => this.underWay.delete(one));
    this.underWay.add(one);
    if (this.underWay.size > MAX_UNDER_WAY) await one;
  }

  private async of(move: Move): Promise<void> {
    const { after, transition, next } = move;
    const touched = new Set(transition.changes.map(({ frame }) => frame));
    const isNew = ({ id }: Frame) => touched.has(id);
    await Promise.all([
      this.dispatch(
        after,
        openedCalls(transition).filter((frame) => frame.id !== next?.id && goesStraight(move, frame)),
      ),
      this.takeBack(after),
      this.dispatcher.withdraw(after, transition.dropped),
      ...openRuns(after)
        .filter(isNew)
        .map((frame) => this.startChild(after, frame)),
      ...transition.dropped.map((frame) => this.cancelChild(after, frame)),
      hasEnded(after.status) ? this.tellParent(after) : undefined,
    ]);
  }

  /** What the task of that step, which a worker holds, stands for now. */
  async carriedBy(execution: ExecutionRow, held: number): Promise<StepTask | undefined> {
    const frame = hasEnded(execution.status) ? undefined : carriedBy(execution, held);
    if (!frame) return undefined;
    const task = await this.dispatcher.taskOf(execution, frame);
    if (JSON.stringify(task).length <= MAX_HANDED_CHARACTERS) return task;
    await this.dispatch(execution, [frame]);
    return undefined;
  }

  /** Puts in flight again whatever should be and is not. */
  async ensure(execution: ExecutionRow): Promise<void> {
    if (hasEnded(execution.status)) return this.tellParent(execution);
    const waiting = await this.queue.waiting(execution);
    if (heldBack(execution.state) && !waiting.has(WHOLE)) await this.apply(execution.id, { kind: 'admit' });
    await Promise.all([
      this.takeBack(execution),
      this.dispatcher.missing(execution, waiting).then((frames) => this.dispatch(execution, frames)),
      ...openRuns(execution).map((frame) => this.ensureChild(execution, frame)),
    ]);
  }

  /** Brings calls to the workers. */
  async dispatch(execution: ExecutionRow, frames: readonly Frame[]): Promise<void> {
    for (const { frame, detail } of await this.dispatcher.dispatch(execution, frames)) {
      await this.apply(execution.id, { kind: 'undeliverable', frame: frame.id, detail });
    }
  }

  /** A call that waits in the queue when its execution is undone was not begun, so there is nothing of it to undo. */
  private async takeBack(execution: ExecutionRow): Promise<void> {
    if (!execution.state.undoing || !execution.queued) return;
    const detail = 'it was not begun when its execution was undone';
    const leftOver = openCalls(execution).filter(({ parent }) => parent === null);
    const ids = leftOver.map(({ id }) => id);
    for (const frame of await this.queue.withdraw(execution, ids)) {
      await this.apply(execution.id, { kind: 'undeliverable', frame, detail });
    }
  }

  private async startChild(parent: ExecutionRow, frame: Frame): Promise<void> {
    const { child, input } = frame.own as { child: string; input: Record<string, unknown> };
    const { run = {} } = nodeAt(await this.planOf(parent), frame.ref).task;
    const { name = '', version } = run.workflow ?? {};
    const startedBy = `execution:${parent.id}`;
    const actor = serviceActor('workflow-orchestrator', parent.workspaceId, startedBy);
    const isWaitedFor = run.await !== false;
    const { traceparent } = parent;
    const start = {
      id: child,
      actor,
      startedBy,
      traceparent,
      ...(isWaitedFor && { parent: { id: parent.id, frame: frame.id } }),
    };
    try {
      const { priority } = parent;
      const wanted = { workflow: name, ...(version !== 'latest' && { version }), input, priority };
      const { move, execution } = await this.starter.start(start, wanted);
      if (!isWaitedFor) await this.apply(parent.id, { kind: 'child', frame: frame.id, output: { executionId: child } });
      await (move ? this.follow(move) : this.recover(execution));
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code === 'UNAVAILABLE') {
        this.logger.warn(`execution ${child} waits for the sweep: ${String(error)}`);
        return;
      }
      const fault = executionError('configuration', frame.ref, error.message);
      await this.apply(parent.id, { kind: 'child', frame: frame.id, error: fault });
    }
  }

  private async ensureChild(parent: ExecutionRow, frame: Frame): Promise<void> {
    const [child] = await this.repository.read([String(frame.own?.child)]);
    if (!child) await this.startChild(parent, frame);
    else if (hasEnded(child.status)) await this.tellParent(child);
  }

  private async cancelChild({ id }: ExecutionRow, frame: Frame): Promise<void> {
    if (frame.kind !== 'run') return;
    await this.apply(String(frame.own?.child), { kind: 'cancel', by: `execution:${id}` });
  }

  private async tellParent({ parentId, parentFrame, status, output, error }: ExecutionRow): Promise<void> {
    if (parentId === null || parentFrame === null) return;
    const fault = error ?? executionError('runtime', '', `the execution ended as ${status}`);
    const end = status === 'completed' ? { output } : { error: fault };
    await this.apply(parentId, { kind: 'child', frame: parentFrame, ...end });
  }

  private planOf({ workspaceId, workflow, version }: ExecutionRow) {
    return this.plans.get(workspaceId, workflow, version);
  }
}
