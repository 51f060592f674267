import { describe, expect, it } from '@jest/globals';
import { callOf, Play } from '../testing/play.js';
import { resumeFrom, type Transition } from './machine.js';
import { copyOf, framesOf } from './state.js';

/** Goes on from the state a play is in, as another execution at a later time. */
function forkOf({ plan, started, last, nowMs }: Play, input?: unknown): Transition {
  const state = copyOf(last.state);
  for (const frame of framesOf(state)) if (frame.kind === 'call' && input !== undefined) frame.data = input;
  return resumeFrom(plan, { ...started, id: 'other' }, state, { now: new Date(nowMs + 60_000), random: 0.5 });
}

const frameIn = ({ state }: Transition, kind: string) => framesOf(state).find((frame) => frame.kind === kind);

describe('an execution that goes on from the state of another one', () => {
  it('makes the arguments of what is open anew, of its own input and for itself', () => {
    const play = new Play([callOf('a'), callOf('b', { with: { n: '${ .n }', who: '${ $workflow.id }' } })]);
    play.report(play.frame('a'), { n: 1 });
    expect(frameIn(forkOf(play, { n: 2 }), 'call')?.own).toEqual({ with: { n: 2, who: 'other' } });
  });

  it('starts executions of its own', () => {
    const workflow = { namespace: 'test', name: 'child', version: '1.0.0' };
    const play = new Play([{ c: { run: { workflow } } }]);
    const child = frameIn(forkOf(play), 'run')?.own?.child;
    expect([typeof child, child === play.frame('c').own?.child]).toEqual(['string', false]);
  });

  it('has all the time that the document gives', () => {
    const branches = [{ w: { wait: 'PT10S' } }, callOf('a', { timeout: { after: 'PT20S' } })];
    const play = new Play([{ f: { fork: { branches } } }], {}, { timeout: { after: 'PT30S' } });
    const { state, moment } = forkOf(play);
    const times = framesOf(state).flatMap(({ wakeAt, timeoutAt }) =>
      [wakeAt, timeoutAt].filter((t) => t !== undefined),
    );
    expect(times.map((time) => (Date.parse(time) - moment.now.getTime()) / 1_000)).toEqual([30, 10, 20]);
  });

  it('says what it waits for', () => {
    const gate = { metadata: { scm: { approval: {} } }, set: { x: 1 } };
    const play = new Play([{ f: { fork: { branches: [{ gate }, callOf('a')] } } }]);
    expect(forkOf(play).changes).toMatchObject([
      { name: 'gate', status: 'waiting', waits: 'approval' },
      { name: 'a', status: 'running' },
    ]);
  });

  it('faults when its input does not fit what is called', () => {
    const play = new Play([callOf('a', { with: { n: '${ .n | tonumber }' } })], { n: '1' });
    expect(forkOf(play, { n: 'x' }).error).toMatchObject({ status: 400, instance: '/do/0/a' });
  });
});
