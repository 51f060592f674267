import { describe, expect, it } from '@jest/globals';
import { randomFrom } from '@scm/testing';
import { callOf, Play } from '../testing/play.js';
import type { Frame } from './state.js';

const SCHEDULES = 5_000;
const MAX_EVENTS = 4_000;

const retried = { metadata: { scm: { retry: { maxAttempts: 50, initialMs: 5, maxMs: 20 } } } };

/** Tasks of all kinds, nested at random; what they give does not depend on who is faster. */
function tasksOf(random: () => number, depth: number, names: { next: number }): Record<string, object>[] {
  return Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
    const name = `t${names.next++}`;
    const inner = () => tasksOf(random, depth - 1, names);
    const kinds: (() => object)[] = [
      () => callOf(name, retried)[name] ?? {},
      () => callOf(name, { ...retried, output: { as: '{ n: ((.n // 0) + 1) }' } })[name] ?? {},
      () => ({ set: { n: '${ (.n // 0) + 2 }' } }),
      () => ({ wait: { milliseconds: 1 + Math.floor(random() * 50) } }),
      () => ({ do: inner() }),
      () => ({ for: { in: '[1, 2, 3]' }, do: inner() }),
      () => ({ fork: { branches: [...inner(), ...inner()] }, output: { as: '{ n: ([.[] | .n // 0] | add) }' } }),
      () => ({
        try: [
          ...inner(),
          { [`${name}x`]: { if: '(.n // 0) % 2 == 1', raise: { error: { type: 'urn:odd', status: 400 } } } },
        ],
        catch: { do: inner() },
      }),
    ];
    const choice = kinds[Math.floor(random() * (depth > 0 ? kinds.length : 4))] ?? kinds[0];
    return { [name]: choice?.() ?? {} };
  });
}

/** One schedule: reports are lost, late, double and of dead attempts; ticks come whenever; every state goes through JSON. */
function disturb(play: Play, random: () => number): void {
  const late: { frame: Frame; failed: boolean }[] = [];
  const report = (frame: Frame, isFailure: boolean) =>
    isFailure ? play.failed(frame, { retryable: true }) : play.report(frame, frame.data);
  for (let events = 0; play.status === 'running' || play.status === 'waiting'; events++) {
    if (events > MAX_EVENTS) throw new Error('it does not come to an end');
    const { open } = play;
    const frame = open[Math.floor(random() * open.length)];
    const dice = random();
    const old = late[Math.floor(random() * late.length)];
    if (!frame || dice < 0.2) play.pass();
    else if (dice < 0.3) late.push({ frame: { ...frame }, failed: random() < 0.3 });
    else if (dice < 0.4 && old) report(old.frame, old.failed);
    else {
      const isFailure = dice < 0.5;
      report(frame, isFailure);
      if (random() < 0.3) {
        // The same report once more, since its answer was lost.
        expect(report(frame, isFailure)).toBe(false);
      }
    }
  }
}

describe('an execution', () => {
  it(`ends the same under ${SCHEDULES} schedules of losses, delays, repetitions and crashes`, () => {
    const first = Math.floor(Math.random() * 1_000_000);
    process.stderr.write(`schedules: seeds ${first} to ${first + SCHEDULES - 1}\n`);
    for (let seed = first; seed < first + SCHEDULES; seed++) {
      const random = randomFrom(seed);
      const tasks = tasksOf(random, 2, { next: 0 });
      const calm = new Play(tasks, { n: 0 }).finish();
      const play = new Play(tasks, { n: 0 });
      try {
        disturb(play, random);
        expect([play.status, play.output, play.last.error]).toEqual([calm.status, calm.output, calm.last.error]);
        expect(play.last.state.frames).toEqual({});
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }
  }, 120_000);
});
