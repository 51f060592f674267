import { describe, expect, it } from '@jest/globals';
import type { Frame } from './state.js';
import { callOf, Play } from '../testing/play.js';

describe('tasks', () => {
  it('run one after the other, each with what the one before gave', () => {
    const play = new Play([callOf('a'), { b: { set: { x: '${ .n + 1 }' } } }, callOf('c')]);
    play.finish((name, frame) => (name === 'a' ? { n: 1 } : { got: frame.data }));
    expect([play.status, play.output, play.called]).toEqual(['completed', { got: { x: 2 } }, ['a', 'c']]);
  });

  it('are left out when their condition is not true', () => {
    const play = new Play([{ a: { if: '.no', set: { x: 1 } } }, { b: { if: '.yes', set: { y: 2 } } }], { yes: true });
    expect(play.output).toEqual({ y: 2 });
    expect(play.last.changes.map(({ status }) => status)).toEqual(['skipped', 'completed']);
  });

  it('shape what they get, give and export', () => {
    const play = new Play(
      [
        {
          a: {
            input: { from: '.user' },
            set: { n: '${ .name }' },
            output: { as: '.n' },
            export: { as: '{ seen: . }' },
          },
        },
        { b: { set: { context: '${ $context.seen }', before: '${ . }' } } },
      ],
      { user: { name: 'Ada' } },
      { output: { as: '[.context, .before]' } },
    );
    expect(play.output).toEqual(['Ada', 'Ada']);
  });

  it('that do not fit their schema fault', () => {
    const schema = { document: { type: 'object', required: ['x'] } };
    expect(new Play([{ a: { input: { schema }, set: { y: 1 } } }], { z: 1 }).last.error).toMatchObject({
      status: 400,
      instance: '/do/0/a',
    });
  });

  it('are held to the schemas of the context and of the workflow', () => {
    const schema = { document: { type: 'object', required: ['x'] } };
    const task = (more: object) => [{ a: { set: { y: 1 }, ...more } }];
    const [context, output] = [
      new Play(task({ export: { as: '.', schema } })),
      new Play(task({}), {}, { output: { schema } }),
    ];
    expect([context.last.error, output.last.error]).toMatchObject([
      { status: 400, instance: '/do/0/a' },
      { status: 400, instance: '/output' },
    ]);
  });

  it('that jump for ever end', () => {
    expect(new Play([JSON.parse('{"a":{"set":{"x":1},"then":"a"}}') as object]).last.error?.detail).toContain(
      'without a pause',
    );
  });
});

describe('a call', () => {
  const quick = { metadata: { scm: { retry: { maxAttempts: 3, initialMs: 10 } } } };

  it('is tried again after a wait, then fails', () => {
    const play = new Play([callOf('a', quick)]);
    for (const attempt of [1, 2]) {
      expect(play.open[0]?.attempt).toBe(attempt);
      play.failed(play.frame('a'), { retryable: true });
      expect([play.status, play.frame('a').waits]).toEqual(['waiting', 'retry']);
      play.pass();
    }
    play.failed(play.frame('a'), { retryable: true, status: 503 });
    expect([play.status, play.last.error?.status]).toEqual(['faulted', 503]);
  });

  it('takes no report of another attempt, and none twice', () => {
    const play = new Play([callOf('a', quick), callOf('b')]);
    const first = play.frame('a');
    play.failed(first, { retryable: true });
    expect(play.report(first)).toBe(false);
    play.pass();
    expect(play.report(first)).toBe(false);
    const second = play.frame('a');
    expect([play.report(second), play.report(second)]).toEqual([true, false]);
  });

  it('has its time, each attempt anew', () => {
    const play = new Play([callOf('a', { ...quick, timeout: { after: { seconds: 5 } } })]);
    for (let i = 0; i < 5; i++) play.pass();
    expect(play.last.error).toMatchObject({ status: 408 });
  });

  it('of a ledger waits for a decision when nobody knows what it has done', () => {
    const play = () => {
      const made = new Play([callOf('pay', { metadata: { scm: { effect: 'ledger' } } })]);
      made.failed(made.frame('pay'), { outcomeUnknown: true, retryable: true });
      expect(made.status).toBe('needs-decision');
      return made;
    };
    const decide = (made: Play, decision: 'completed' | 'retry' | 'failed') =>
      made.change({ kind: 'decide', by: 'u', frame: made.frame('pay').id, decision, output: 7 });
    const [done, again, failed] = [play(), play(), play()];
    decide(done, 'completed');
    expect([done.status, done.output]).toEqual(['completed', 7]);
    decide(again, 'retry');
    expect(again.open[0]?.attempt).toBe(2);
    decide(failed, 'failed');
    expect(failed.status).toBe('faulted');
  });

  it('of a ledger whose time is over waits for a decision too', () => {
    const play = new Play([callOf('pay', { metadata: { scm: { effect: 'ledger' } }, timeout: { after: 'PT1S' } })]);
    play.pass();
    expect([play.status, play.open]).toEqual(['needs-decision', []]);
  });

  it('of a ledger is begun once for each attempt', () => {
    const play = new Play([callOf('pay', { metadata: { scm: { effect: 'ledger' } } })]);
    const begin = { kind: 'begin', frame: play.frame('pay').id, attempt: 1 } as const;
    expect([play.change(begin), play.change(begin)]).toEqual([true, false]);
  });

  it('of a function is the function, with its arguments as input', () => {
    const use = { functions: { greet: { set: { hello: '${ .name }' } } } };
    const play = new Play([{ a: { call: 'greet', with: { name: '${ .who }' } } }], { who: 'Ada' }, { use });
    expect(play.output).toEqual({ hello: 'Ada' });
  });
});

describe('a fork', () => {
  const branches = [callOf('a'), callOf('b'), callOf('c')];

  it('has its branches at work at once, and their outputs in their order', () => {
    const play = new Play([{ f: { fork: { branches } } }]);
    for (const name of ['c', 'a', 'b']) play.report(play.frame(name), name);
    expect(play.output).toEqual(['a', 'b', 'c']);
  });

  it('that competes gives the first, and takes the others back', () => {
    const play = new Play([{ f: { fork: { branches, compete: true } } }]);
    play.failed(play.frame('a'));
    play.report(play.frame('c'), 'won');
    expect([play.output, play.last.dropped.map((frame) => play.nameOf(frame))]).toEqual(['won', ['b']]);
  });

  it('fails with a branch', () => {
    const play = new Play([{ f: { fork: { branches } } }]);
    play.failed(play.frame('b'));
    expect([play.status, play.last.dropped.filter(({ kind }) => kind === 'call')]).toMatchObject(['faulted', [{}, {}]]);
  });
});

describe('a loop', () => {
  it('gives each item to its tasks, as long as its condition holds', () => {
    const body = [{ add: { set: { sum: '${ (.sum // 0) + $n }' } } }];
    const loop = (more: object) =>
      new Play([{ l: { for: { each: 'n', in: '.list' }, do: body, ...more } }], { list: [1, 2, 3] });
    expect([loop({}).output, loop({ while: '(.sum // 0) < 2' }).output]).toEqual([{ sum: 6 }, { sum: 3 }]);
  });
});

describe('a try', () => {
  const failing = [{ bad: { raise: { error: { type: 'urn:x', status: 418, title: 'tea' } } } }];

  it('catches what its filter and conditions let through', () => {
    const caught = (filter: object) =>
      new Play([{ t: { try: failing, catch: { ...filter, do: [{ ok: { set: { was: '${ $error.status }' } } }] } } }])
        .status;
    expect(caught({})).toBe('completed');
    expect(caught({ errors: { with: { status: 418 } } })).toBe('completed');
    expect(caught({ errors: { with: { status: 500 } } })).toBe('faulted');
    expect(caught({ when: '$error.title == "tea"' })).toBe('completed');
    expect(caught({ exceptWhen: '$error.title == "tea"' })).toBe('faulted');
  });

  it('is repeated as its policy says', () => {
    const retry = { delay: { seconds: 1 }, backoff: { exponential: {} }, limit: { attempt: { count: 2 } } };
    const play = new Play([{ t: { try: [callOf('a')], catch: { retry, do: [{ end: { set: { gave: 'up' } } }] } } }]);
    const waits: number[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const before = play.nowMs;
      play.failed(play.frame('a'));
      play.pass();
      waits.push(play.nowMs - before);
    }
    expect([waits, play.output]).toEqual([[1_000, 2_000, 0], { gave: 'up' }]);
  });
});

describe('waiting', () => {
  it('lasts as long as it says', () => {
    const play = new Play([{ w: { wait: { minutes: 2 } } }]);
    expect(play.change({ kind: 'tick' })).toBe(false);
    play.pass();
    expect([play.status, play.nowMs - Date.UTC(2026, 0, 1)]).toEqual(['completed', 120_000]);
  });

  it('ends with a limit above it', () => {
    const play = new Play([{ d: { timeout: { after: 'PT1S' }, do: [{ w: { wait: 'PT1H' } }] } }]);
    play.pass();
    expect([play.status, play.last.error?.status]).toEqual(['faulted', 408]);
  });

  it('for events takes those that fit, each once', () => {
    const to = { all: [{ with: { type: 'a', data: { x: 1 } } }, { with: { type: 'b' } }] };
    const play = new Play([{ l: { listen: { to } } }]);
    expect(play.event('a', { x: 2 }, 'other')).toBe(true);
    for (const id of ['1', '1']) play.event('a', { x: 1, y: 2 }, id);
    expect(play.status).toBe('waiting');
    play.event('b', 'B');
    expect(play.output).toEqual([{ x: 1, y: 2 }, 'B']);
  });

  it('for events goes on until its condition, with tasks for each', () => {
    const to = { any: [{ with: { type: 'n' } }], until: '(. | length) == 2' };
    const foreach = { item: 'e', do: [{ twice: { set: { v: '${ $e * 2 }' } } }] };
    const play = new Play([{ l: { listen: { to }, foreach } }]);
    play.event('n', 1, '1');
    play.event('n', 2, '2');
    expect(play.output).toEqual([{ v: 2 }, { v: 4 }]);
  });

  it('finds the signals that came before', () => {
    const play = new Play([callOf('a'), { l: { listen: { to: { one: { with: { type: 'go' } } } } } }]);
    const event = { specversion: '1.0', id: '1', source: 's', type: 'go', time: '', data: 5 } as const;
    play.change({ kind: 'signal', by: 'u', event });
    play.finish();
    expect(play.output).toEqual([5]);
  });
});

describe('emitting', () => {
  it('makes an event with an id that follows from the task', () => {
    const emit = () =>
      new Play([{ e: { emit: { event: { with: { type: 't', data: { n: '${ .n }' } } } } } }], { n: 1 });
    expect(emit().last.emitted).toEqual(emit().last.emitted);
    expect(emit().output).toMatchObject({ specversion: '1.0', type: 't', data: { n: 1 } });
  });
});

describe('controls', () => {
  it('pause takes effect at the next task', () => {
    const play = new Play([callOf('a'), callOf('b')]);
    play.change({ kind: 'pause', by: 'u' });
    play.report(play.frame('a'), 1);
    expect([play.status, play.open]).toEqual(['suspended', []]);
    play.change({ kind: 'edit', by: 'u', frame: play.frame('b').id, input: 9 });
    play.change({ kind: 'resume', by: 'u' });
    expect([play.status, play.open[0]?.data]).toEqual(['running', 9]);
  });

  it('begin nothing in an execution that is paused, also when they let something begin', () => {
    const gate = { metadata: { scm: { approval: {} } }, call: 'processing', with: {} };
    const pay = callOf('pay', { metadata: { scm: { effect: 'ledger' } } });
    const play = new Play([{ f: { fork: { branches: [{ gate }, pay] } } }]);
    play.failed(play.frame('pay'), { outcomeUnknown: true });
    play.change({ kind: 'pause', by: 'u' });
    play.change({ kind: 'approve', by: 'u', frame: play.frame('gate').id, approved: true });
    play.change({ kind: 'decide', by: 'u', frame: play.frame('pay').id, decision: 'retry' });
    expect([play.status, play.open, play.pass()]).toEqual(['suspended', [], false]);
    play.change({ kind: 'resume', by: 'u' });
    play.pass();
    expect([play.status, play.open.map((frame) => [play.nameOf(frame), frame.attempt])]).toEqual([
      'running',
      [
        ['gate', 1],
        ['pay', 2],
      ],
    ]);
  });

  it('skip leaves a task out', () => {
    const play = new Play([callOf('a'), callOf('b')]);
    play.change({ kind: 'skip', by: 'u', frame: play.frame('a').id, output: 3 });
    expect(play.open[0]?.data).toBe(3);
  });

  it('an approval lets a task begin, with what the approver filled in', () => {
    const gate = { metadata: { scm: { approval: { deadline: 'PT1H' } } }, set: { by: '${ $approval.by }' } };
    const [yes, no, late] = [1, 2, 3].map(() => new Play([{ gate }])) as [Play, Play, Play];
    const answer = (play: Play, approved: boolean) =>
      play.change({ kind: 'approve', by: 'user:ada', frame: play.frame('gate').id, approved });
    answer(yes, true);
    answer(no, false);
    late.pass();
    expect([yes.output, no.last.error?.status, late.last.error?.status]).toEqual([{ by: 'user:ada' }, 403, 403]);
  });

  it('an approval takes none of the time of its task', () => {
    const gate = { metadata: { scm: { approval: {} } }, timeout: { after: 'PT1S' }, wait: 'PT1H' };
    const play = new Play([{ gate }]);
    expect(play.pass()).toBe(false);
    play.nowMs += 60_000;
    play.change({ kind: 'approve', by: 'u', frame: play.frame('gate').id, approved: true });
    const approvedMs = play.nowMs;
    play.pass();
    expect([play.last.error?.status, play.nowMs - approvedMs]).toEqual([408, 1_000]);
  });
});

describe('compensation', () => {
  const undoOf = (frame: Frame | undefined) => (frame?.own?.with as { undo?: number } | undefined)?.undo;
  const step = (i: number) =>
    callOf(`s${i}`, { metadata: { scm: { compensate: { call: 'action', with: { undo: i } } } } });
  const steps = [1, 2, 3, 4, 5, 6].map(step);

  for (let failing = 1; failing <= 6; failing++) {
    it(`undoes what was done before step ${failing} failed, in reverse`, () => {
      const play = new Play(steps);
      for (let i = 1; i < failing; i++) play.report(play.frame(`s${i}`), i);
      play.failed(play.frame(`s${failing}`));
      const undone: unknown[] = [];
      for (let [frame] = play.open; frame; [frame] = play.open) {
        expect(play.status).toBe('compensating');
        undone.push(undoOf(frame));
        expect(frame.data).toBe(undoOf(frame));
        play.report(frame);
      }
      expect(undone).toEqual(Array.from({ length: failing - 1 }, (_, i) => failing - 1 - i));
      expect([play.status, play.last.state.undo]).toEqual(['faulted', []]);
    });
  }

  it('that fails is an end of its own, with what is left', () => {
    const play = new Play(steps);
    play.report(play.frame('s1'));
    play.report(play.frame('s2'));
    play.failed(play.frame('s3'));
    play.failed(play.open[0] as never);
    expect([play.status, play.last.state.undo.map(({ ref }) => ref)]).toEqual([
      'compensation-failed',
      ['/do/0/s1', '/do/1/s2'],
    ]);
  });

  it('waits for what is under way, and undoes that too', () => {
    const play = new Play([{ f: { fork: { branches: [step(1), callOf('bad')] } } }]);
    play.failed(play.frame('bad'));
    expect(play.status).toBe('compensating');
    play.report(play.frame('s1'), 'done');
    expect(undoOf(play.open[0])).toBe(1);
    play.report(play.open[0] as never);
    expect(play.status).toBe('faulted');
  });

  it('follows a cancel', () => {
    const play = new Play(steps);
    play.report(play.frame('s1'));
    play.change({ kind: 'cancel', by: 'u' });
    play.finish();
    expect(play.status).toBe('cancelled');
  });
});
