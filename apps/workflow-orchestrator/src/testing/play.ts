import { readDocument } from '../definitions/document.js';
import type { CloudEvent } from '../machine/cloud-event.js';
import { advance, begin, isAtWork, nextTime, type Change, type Transition } from '../machine/machine.js';
import { planOf, type Plan } from '../machine/plan.js';
import type { Started } from '../machine/scope.js';
import { framesOf, type Frame } from '../machine/state.js';

/** An execution in memory, for specs: its changes one by one, its state through JSON as through Postgres. */
export class Play {
  readonly plan: Plan;
  readonly transitions: Transition[];
  /** What was called, in order. */
  readonly called: string[] = [];
  nowMs = Date.UTC(2026, 0, 1);
  readonly started: Started;

  constructor(tasks: object[], input: unknown = {}, more: object = {}) {
    const document = { dsl: '1.0.3', namespace: 'test', name: 'flow', version: '1.0.0' };
    this.plan = planOf(readDocument({ document, do: tasks, ...more }));
    this.started = {
      id: 'e',
      workspaceId: 'w',
      workflow: 'flow',
      input,
      startedBy: 's',
      createdAt: new Date(this.nowMs),
    };
    this.transitions = [begin(this.plan, this.started, this.moment())];
  }

  get last(): Transition {
    return this.transitions.at(-1) as Transition;
  }

  get status(): string {
    return this.last.status;
  }

  get output(): unknown {
    return this.last.output;
  }

  /** Calls that workers have. */
  get open(): Frame[] {
    return framesOf(this.last.state).filter((frame) => isAtWork(frame) && !frame.waits);
  }

  nameOf(frame: Frame): string {
    return this.plan.nodes.get(frame.ref)?.name ?? '';
  }

  frame(name: string): Frame {
    const found = framesOf(this.last.state).find((frame) => frame.kind !== 'list' && this.nameOf(frame) === name);
    if (!found) throw new Error(`${name} is not open`);
    return found;
  }

  /** False when it changes nothing. */
  change(change: Change): boolean {
    const state = JSON.parse(JSON.stringify(this.last.state)) as Transition['state'];
    const next = advance(this.plan, this.started, state, change, this.moment());
    if (next) this.transitions.push(next);
    return next !== undefined;
  }

  report(frame: Frame, output: unknown = null): boolean {
    this.called.push(this.nameOf(frame));
    return this.change({ kind: 'report', frame: frame.id, attempt: frame.attempt ?? 1, outcome: 'completed', output });
  }

  failed(frame: Frame, error: Record<string, unknown> = { retryable: false, status: 500 }): boolean {
    return this.change({ kind: 'report', frame: frame.id, attempt: frame.attempt ?? 1, outcome: 'failed', error });
  }

  event(type: string, data: unknown, id = type): boolean {
    const event: CloudEvent = { specversion: '1.0', id, source: 's', type, time: '', data };
    return this.change({ kind: 'event', event });
  }

  /** Time goes on to the next moment at which something happens by itself. */
  pass(): boolean {
    const next = nextTime(this.last.state);
    if (!next) return false;
    this.nowMs = Math.max(this.nowMs, next.getTime());
    return this.change({ kind: 'tick' });
  }

  /** Does what is open, with `work` giving the output, until the end or until nothing more happens. */
  finish(work: (name: string, frame: Frame) => unknown = (_, frame) => frame.data): this {
    for (let [frame] = this.open; frame || this.pass(); [frame] = this.open) {
      if (frame) this.report(frame, work(this.nameOf(frame), frame));
    }
    return this;
  }

  private moment() {
    return { now: new Date(this.nowMs), random: 0.5 };
  }
}

export function callOf(name: string, more: object = {}): Record<string, object> {
  return { [name]: { call: 'processing', with: {}, ...more } };
}
