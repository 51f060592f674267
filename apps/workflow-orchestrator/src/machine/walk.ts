import { durationMs } from '../definitions/duration.js';
import type { DurationDocument } from '../definitions/language.js';
import { asExpression, evaluate, ExpressionError } from '../definitions/expression.js';
import type { CloudEvent } from './cloud-event.js';
import { executionError, type ExecutionError } from './error.js';
import { faultOf } from './fault.js';
import type { Behaviour } from './kinds/behaviour.js';
import { holdBack } from './limits.js';
import { compensationRef, nodeAt, type Node, type Plan } from './plan.js';
import { assertFits } from './schema.js';
import { scopeOf, type Started } from './scope.js';
import { framesOf, type Frame, type MachineState, type MachineStatus } from './state.js';
import { isTrue } from './truth.js';

export interface Moment {
  now: Date;
  /** In [0, 1). */
  random: number;
}

/** What became of one task. */
export interface StepChange {
  frame: number;
  ref: string;
  name: string;
  kind: string;
  status: 'running' | 'waiting' | 'completed' | 'faulted' | 'cancelled' | 'skipped';
  attempt?: number;
  input?: unknown;
  output?: unknown;
  error?: ExecutionError;
  /** Why it waits, or when it is tried again. */
  waits?: string;
  until?: string;
}

/** So many tasks may run in one transition without anything to wait for: a loop of nothing else would never end. */
const MAX_TASKS = 10_000;

/** One transition being made: tasks are entered and left until all that is open waits for something. */
export class Walk {
  readonly changes: StepChange[] = [];
  readonly emitted: CloudEvent[] = [];
  /** Frames that went away with the task above them. */
  readonly dropped: Frame[] = [];
  ended?: { status: MachineStatus; output?: unknown; error?: ExecutionError };
  private readonly work: (() => void)[] = [];
  private entered = 0;

  constructor(
    readonly plan: Plan,
    readonly started: Started,
    readonly state: MachineState,
    readonly moment: Moment,
    private readonly behaviours: Readonly<Record<Frame['kind'], Partial<Behaviour>>>,
  ) {}

  /** Does what is to be done now and whatever follows from it. */
  run(first: () => void): void {
    this.work.push(first);
    for (let next = this.work.shift(); next && !this.ended; next = this.work.shift()) next();
  }

  /** The first thing: the list of the document's tasks, with the input as the document shapes it. */
  openWorkflow(): void {
    const { input, timeout } = this.plan.document;
    const root = this.openList(null, '/do', this.started.input);
    this.guarded(root, () => {
      if (input?.from !== undefined) root.data = this.evaluateText(root, input.from, root.data);
      if (input?.schema) assertFits(input.schema, root.data, 'input');
      if (timeout) this.limit(root, timeout);
      holdBack(this, root);
    });
  }

  later(work: () => void): void {
    this.work.push(work);
  }

  frame(id: number): Frame | undefined {
    return this.state.frames[id];
  }

  node(frame: Frame): Node {
    return nodeAt(this.plan, frame.ref);
  }

  below(frame: Frame): Frame[] {
    return framesOf(this.state).filter(({ parent }) => parent === frame.id);
  }

  evaluate(frame: Frame, template: unknown, data: unknown, more: Record<string, unknown> = {}): unknown {
    return evaluate(template, scopeOf(this, frame, data, more));
  }

  /** The same for what the language always reads as an expression, with or without `${ }`. */
  evaluateText(frame: Frame, text: unknown, data: unknown, more: Record<string, unknown> = {}): unknown {
    return this.evaluate(frame, asExpression(text), data, more);
  }

  /** Milliseconds of a duration, which may be an expression. */
  durationMs(frame: Frame, duration: DurationDocument): number {
    const given = this.evaluate(frame, duration, frame.data);
    const ms = durationMs(given);
    if (ms === undefined) throw new ExpressionError(`${JSON.stringify(given)} is no duration`);
    return ms;
  }

  after(ms: number): string {
    return new Date(this.moment.now.getTime() + ms).toISOString();
  }

  /** Opens a list of tasks below `parent`. */
  openList(parent: Frame | null, ref: string, data: unknown, vars?: Record<string, unknown>): Frame {
    const list = this.add({ parent: parent?.id ?? null, kind: 'list', ref, data, index: 0, ...(vars && { vars }) });
    this.later(() => this.enterNext(list));
    return list;
  }

  /** Goes to the task a list is at, or leaves the list at its end. */
  enterNext(list: Frame): void {
    if (list.waits === 'admission') return;
    const node = this.plan.lists.get(list.ref)?.[list.index ?? 0];
    if (node) this.enter(node, list, list.data);
    else this.leave(list, list.data);
  }

  enter(node: Node, parent: Frame, data: unknown, more: Partial<Frame> = {}): void {
    if (++this.entered > MAX_TASKS) {
      this.end('faulted', { error: executionError('runtime', node.ref, `${MAX_TASKS} tasks ran without a pause`) });
      return;
    }
    const frame = this.add({ parent: parent.id, kind: node.kind, ref: node.ref, data, ...more });
    if (this.state.paused) {
      frame.waits = 'resume';
      return;
    }
    this.begin(frame);
  }

  /** Begins a task that was opened: its condition, its input, its approval, its own work. */
  begin(frame: Frame): void {
    const node = this.node(frame);
    delete frame.waits;
    this.guarded(frame, () => {
      const { if: condition, input, metadata } = node.task;
      if (condition !== undefined && !isTrue(this.evaluateText(frame, condition, frame.data))) {
        this.record(frame, 'skipped');
        return this.leave(frame, frame.data);
      }
      if (input?.from !== undefined) frame.data = this.evaluateText(frame, input.from, frame.data);
      if (input?.schema) assertFits(input.schema, frame.data, 'input');
      if (metadata?.scm?.approval) return this.askApproval(frame, metadata.scm.approval);
      this.enterKind(frame, node);
    });
  }

  /** The work of the task itself, once nothing stands before it. */
  enterKind(frame: Frame, node: Node): void {
    this.limit(frame);
    this.behaviours[node.kind].enter?.(this, frame, node);
  }

  /** The time it may take begins now. */
  limit(frame: Frame, timeout = this.node(frame).task.timeout): void {
    const limit = typeof timeout === 'string' ? this.plan.document.use?.timeouts?.[timeout] : timeout;
    if (limit) frame.timeoutAt = this.after(this.durationMs(frame, limit.after));
  }

  /** A task has done its work: its output is shaped, its context exported, and whoever is above goes on. */
  complete(frame: Frame, raw: unknown, then?: string): void {
    const { task } = this.node(frame);
    this.guarded(frame, () => {
      const as = task.output?.as;
      const output = as === undefined ? raw : this.evaluateText(frame, as, raw, { output: raw });
      if (task.output?.schema) assertFits(task.output.schema, output, 'output');
      if (task.export?.as !== undefined) {
        this.state.context = this.evaluateText(frame, task.export.as, output, { output });
      }
      if (task.export?.schema) assertFits(task.export.schema, this.state.context, 'context');
      this.record(frame, 'completed', { output });
      if (this.isLeftOver(frame)) return this.settleLeftOver(frame, output);
      if (!this.state.undoing) this.remember(frame, output);
      this.leave(frame, output, then ?? task.then);
    });
  }

  /** A task cannot go on: whoever is above may know what to do. */
  fail(frame: Frame, error: ExecutionError): void {
    if (frame.kind !== 'list' && frame.kind !== 'undo') this.record(frame, 'faulted', { error });
    if (this.isLeftOver(frame)) return this.settleLeftOver(frame);
    this.drop(frame);
    const parent = frame.parent === null ? undefined : this.frame(frame.parent);
    if (!parent) return this.fault(error);
    this.later(() => {
      if (!this.frame(parent.id)) return;
      const { childFailed } = this.behaviours[parent.kind];
      if (childFailed) this.guarded(parent, () => childFailed(this, parent, frame, error));
      else this.fail(parent, error);
    });
  }

  /** Takes a frame away and hands its output to the one above. */
  leave(frame: Frame, output: unknown, directive = 'continue'): void {
    this.drop(frame);
    const parent = frame.parent === null ? undefined : this.frame(frame.parent);
    if (!parent) return this.finish(output);
    this.later(() => {
      if (!this.frame(parent.id)) return;
      this.guarded(parent, () => this.behaviours[parent.kind].childDone?.(this, parent, frame, output, directive));
    });
  }

  /** Takes a frame away with all that is below it. */
  drop(frame: Frame): void {
    for (const child of this.below(frame)) this.discard(child);
    delete this.state.frames[frame.id];
  }

  /** Takes a frame away unfinished. A step that may have been done, and could be undone, stays until that is known. */
  discard(frame: Frame): void {
    if (this.mayBeDone(frame)) {
      frame.parent = null;
      return;
    }
    this.drop(frame);
    this.dropped.push(frame);
  }

  /** The workflow is at its end. */
  finish(output: unknown): void {
    const { output: shape } = this.plan.document;
    const root: Frame = {
      id: 0,
      parent: null,
      kind: 'list',
      ref: '/do',
      data: this.started.input,
      startedAt: this.nowText,
    };
    try {
      const shaped = shape?.as === undefined ? output : this.evaluateText(root, shape.as, output, { output });
      if (shape?.schema) assertFits(shape.schema, shaped, 'output');
      this.end('completed', { output: shaped });
    } catch (error) {
      this.fault(faultOf(error, '/output'));
    }
  }

  /** The workflow fails: what can be undone is undone first. */
  fault(error: ExecutionError): void {
    this.undoOr('faulted', error);
  }

  /** Undoes what was done, last first, then ends as `status`; steps that may still be done are waited for. */
  undoOr(status: 'faulted' | 'cancelled', error?: ExecutionError): void {
    for (const root of framesOf(this.state).filter(({ parent }) => parent === null)) this.discard(root);
    const isSettled = framesOf(this.state).length === 0 && this.state.undo.length === 0;
    if (isSettled) return this.end(status, { error });
    this.work.length = 0;
    this.state.undoing = { status, ...(error && { error }) };
    this.later(() => this.undoNext());
  }

  end(status: MachineStatus, about: { output?: unknown; error?: ExecutionError } = {}): void {
    for (const frame of framesOf(this.state)) this.dropped.push(frame);
    this.state.frames = {};
    this.ended = { status, ...about };
  }

  record(frame: Frame, status: StepChange['status'], about: Partial<StepChange> = {}): void {
    const { name, kind, task } = this.node(frame);
    this.changes.push({
      frame: frame.id,
      ref: frame.ref,
      name,
      kind: task.call ?? kind,
      status,
      ...(frame.attempt !== undefined && { attempt: frame.attempt }),
      ...about,
    });
  }

  /** An expression that fails is a failure of its task. */
  guarded(frame: Frame, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(frame, faultOf(error, frame.ref));
    }
  }

  add(frame: Omit<Frame, 'id' | 'startedAt'>): Frame {
    const added = { ...frame, id: this.state.next++, startedAt: this.nowText };
    this.state.frames[added.id] = added;
    return added;
  }

  private undoNext(): void {
    this.behaviours.undo.next?.(this);
  }

  private askApproval(frame: Frame, approval: { deadline?: DurationDocument }): void {
    frame.waits = 'approval';
    if (approval.deadline) this.limit(frame, { after: approval.deadline });
    this.record(frame, 'waiting', { waits: 'approval', input: frame.data });
  }

  /** A step that can be undone and that a worker may be doing: whether it was done must be known first. */
  mayBeDone(frame: Frame): boolean {
    const canBeUndone = frame.kind === 'call' && this.plan.nodes.has(compensationRef(frame.ref));
    return canBeUndone && (frame.waits === undefined || frame.waits === 'decision');
  }

  /** Was under way when what it belonged to went away. */
  private isLeftOver(frame: Frame): boolean {
    return frame.parent === null && frame.kind === 'call';
  }

  private settleLeftOver(frame: Frame, output?: unknown): void {
    if (output !== undefined) this.remember(frame, output);
    this.drop(frame);
    if (this.state.undoing) this.later(() => this.undoNext());
  }

  private remember(frame: Frame, output: unknown): void {
    if (!this.plan.nodes.has(compensationRef(frame.ref))) return;
    this.state.undo.push({ frame: frame.id, ref: frame.ref, input: frame.data, output });
  }

  private get nowText(): string {
    return this.moment.now.toISOString();
  }
}
