import { describe, expect, it } from '@jest/globals';
import { readDocument } from '../definitions/document.js';
import { planOf } from '../definitions/plan.js';
import { advance, begin, type Change, type Transition } from './advance.js';
import type { ExecutionRow } from './execution.entities.js';
import { eventOf } from './execution-event.js';
import { retryDelayMs } from './retry-delay.js';

const retry = { maxAttempts: 3, initialMs: 100, maxMs: 150, factor: 2 };
const plan = planOf(
  readDocument({
    document: { dsl: '1.0.0', namespace: 'n', name: 'flow', version: '1.0.0' },
    do: [
      { one: { call: 'action', with: {}, timeout: { after: 'PT5S' }, metadata: { scm: { retry } } } },
      { two: { call: 'decision', with: { value: '${ .a.b }' }, metadata: { scm: { retry } } } },
    ],
  }),
);

const t0 = Date.parse('2030-01-01T00:00:00Z');
const moment = (ms: number, random = 0.5) => ({ now: new Date(t0 + ms), random, recheckMs: 1_000 });
const started = {
  id: '5d1f9e3a-8a50-4b0e-9f0a-3f6d9c1b2e77',
  workspaceId: '00000000-0000-7000-8000-000000000001',
  workflow: 'flow',
  input: { x: 1 },
  startedBy: 'user:u1',
  createdAt: new Date(t0),
};

const rowOf = ({ state }: Transition, revision: number): ExecutionRow => ({
  ...started,
  version: '1.0.0',
  traceparent: null,
  revision,
  ...state,
});

const first = () => rowOf(begin(plan, started, moment(0)), 1);
const done = (more: Partial<Extract<Change, { kind: 'report' }>> = {}): Change => ({
  kind: 'report',
  reference: '/do/0/one',
  attempt: 1,
  outcome: 'completed',
  output: { a: { b: 2 } },
  ...more,
});
const failed = (attempt: number, error: Record<string, unknown> = {}) => done({ attempt, outcome: 'failed', error });

/** Applies changes one after another; a change that does nothing fails the test. */
function after(...changes: [Change, number][]): ExecutionRow {
  return changes.reduce((row, [change, ms]) => {
    const transition = advance(plan, row, change, moment(ms));
    if (!transition) throw new Error(`${change.kind} changed nothing`);
    return rowOf(transition, row.revision + 1);
  }, first());
}

describe('an execution', () => {
  it('begins with its first step open and watched', () => {
    expect(first()).toMatchObject({ status: 'running', cursor: 0, attempt: 1, capability: 'action', data: { x: 1 } });
    expect(first().dueAt).toEqual(new Date(t0 + 5_000));
    expect(first().checkAt).toEqual(new Date(t0 + 1_000));
  });

  it('goes from step to step to its end', () => {
    const second = after([done(), 10]);
    expect(second).toMatchObject({ status: 'running', cursor: 1, attempt: 1, capability: 'decision', dueAt: null });
    const end = after([done(), 10], [done({ reference: '/do/1/two', output: 'yes' }), 20]);
    expect(end).toMatchObject({ status: 'completed', output: 'yes', capability: null, checkAt: null, dueAt: null });
    expect(end.endedAt).toEqual(new Date(t0 + 20));
  });

  it('takes no report of another attempt or step, and none after its end', () => {
    const stale = [done({ attempt: 2 }), done({ reference: '/do/1/two' }), done({ reference: '/do/0' })];
    for (const change of stale) expect(advance(plan, first(), change, moment(1))).toBeUndefined();
    const cancelled = after([{ kind: 'cancel', by: 'user:u1' }, 5]);
    expect(cancelled).toMatchObject({ status: 'cancelled', checkAt: null });
    const late: Change[] = [
      done(),
      { kind: 'tick' },
      { kind: 'cancel', by: 'x' },
      { kind: 'undeliverable', detail: '' },
    ];
    for (const change of late) expect(advance(plan, cancelled, change, moment(9_999))).toBeUndefined();
  });

  it('waits before a retry, then opens the next attempt', () => {
    const waiting = after([failed(1), 10]);
    expect(waiting).toMatchObject({ status: 'waiting', attempt: 1, capability: 'action' });
    expect(waiting.dueAt).toEqual(new Date(t0 + 60));
    expect(advance(plan, waiting, done(), moment(20))).toBeUndefined();
    expect(advance(plan, waiting, { kind: 'tick' }, moment(59))).toBeUndefined();
    expect(after([failed(1), 10], [{ kind: 'tick' }, 60])).toMatchObject({ status: 'running', attempt: 2 });
  });

  it('faults when its attempts are used up or the failure is final', () => {
    const steps: [Change, number][] = [
      [failed(1), 0],
      [{ kind: 'tick' }, 1_000],
      [failed(2), 1_000],
      [{ kind: 'tick' }, 2_000],
      [failed(3, { title: 'no', status: 503, type: 'x' }), 2_000],
    ];
    expect(after(...steps)).toMatchObject({
      status: 'faulted',
      attempt: 3,
      error: { instance: '/do/0/one', status: 503 },
    });
    expect(after([failed(1, { retryable: false }), 0])).toMatchObject({ status: 'faulted', attempt: 1 });
  });

  it('gives up an attempt that takes too long, and retries it', () => {
    expect(advance(plan, first(), { kind: 'tick' }, moment(4_999))).toBeUndefined();
    expect(after([{ kind: 'tick' }, 5_000])).toMatchObject({ status: 'waiting', attempt: 1 });
  });

  it('faults when a task cannot be made or brought', () => {
    expect(after([done({ output: { a: 5 } }), 1])).toMatchObject({
      status: 'faulted',
      error: { instance: '/do/1/two', type: expect.stringContaining('expression') as unknown },
    });
    expect(after([{ kind: 'undeliverable', detail: 'too large' }, 1])).toMatchObject({
      status: 'faulted',
      error: { detail: 'too large', retryable: false },
    });
  });

  it('keeps of a reported error what is known, at a bounded size', () => {
    const error = { title: 'x'.repeat(9_999), detail: 7, stack: 'secret', retryable: false, outcomeUnknown: true };
    const { error: kept } = after([failed(1, error), 0]);
    expect(kept).toEqual({
      type: expect.stringContaining('runtime') as unknown,
      status: 500,
      title: 'x'.repeat(2_048),
      instance: '/do/0/one',
      retryable: false,
      outcomeUnknown: true,
    });
  });
});

it('a large output stays out of the event', () => {
  const transition = advance(plan, first(), done({ output: { a: { b: 'y'.repeat(20_000) } } }), moment(1));
  if (!transition) throw new Error('nothing changed');
  expect(transition.data.output).toBeDefined();
  expect(eventOf({ ...started, version: '1.0.0' }, transition, 2).data).not.toHaveProperty('output');
});

it('the wait before a retry grows to its bound, and is a random part of that', () => {
  expect([1, 2, 3, 60].map((attempt) => retryDelayMs(retry, attempt, 0.999_999))).toEqual([100, 150, 150, 150]);
  expect(retryDelayMs(retry, 1, 0)).toBe(0);
});
