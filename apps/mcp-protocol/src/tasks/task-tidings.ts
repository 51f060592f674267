import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { RunningCalls, type RunningCall } from '../protocol/running-calls.js';
import { SessionBus } from '../sessions/session.bus.js';

/** A task has one call at a time. */
const CALL = 1;

/** What replicas tell each other of tasks: that one changed, and that its call is not wanted any more. */
@Injectable()
export class TaskTidings {
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(
    private readonly bus: SessionBus,
    private readonly calls: RunningCalls,
  ) {
    bus.on('task', (name) => this.waiting.get(name)?.forEach((hear) => hear()));
  }

  async tell(id: string): Promise<void> {
    await this.bus.tell(nameOf(id), 'task');
  }

  /** The call of a task, which `stop` ends at whichever replica it is. */
  open(id: string, end: AbortSignal): RunningCall {
    return this.calls.open(nameOf(id), CALL, end);
  }

  async stop(id: string): Promise<void> {
    await this.calls.cancel(nameOf(id), CALL);
  }

  /** Resolves when the task changes, or after `limitMs`; begins to listen at once. */
  async change(id: string, limitMs: number, signal: AbortSignal): Promise<void> {
    const told = new AbortController();
    const hear = () => told.abort();
    const name = nameOf(id);
    const hearers = this.waiting.get(name) ?? new Set();
    this.waiting.set(name, hearers.add(hear));
    try {
      await sleep(limitMs, undefined, { signal: AbortSignal.any([signal, told.signal]) }).catch(() => undefined);
    } finally {
      hearers.delete(hear);
      if (hearers.size === 0) this.waiting.delete(name);
    }
  }
}

function nameOf(id: string): string {
  return `task-${id}`;
}
