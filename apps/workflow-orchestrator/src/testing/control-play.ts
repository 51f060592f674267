import type { Asked } from './control-model.js';

/** A step as an execution shows it. */
export interface StepShown {
  step?: number;
  name: string;
  kind: string;
  status: string;
  waits?: string;
}

/** How people reach executions, over NATS or over HTTP. */
export interface Door {
  /** Starts one; gives its id. */
  start(): Promise<string>;
  get(id: string): Promise<{ status: string; endedAt?: string; steps?: StepShown[] }>;
  /** False when it was refused since it does not apply. */
  control(id: string, kind: string, args: Args): Promise<boolean>;
  fork(id: string, step: number): Promise<string | undefined>;
  /** The number of the last row of its history. */
  revision(id: string): Promise<number>;
  /** Leaves the others some room between two looks. */
  pause(): Promise<void>;
}

export interface Played {
  id: string;
  asked: Asked[];
  forks: { id: string; step: number }[];
}

const MAX_STEP = 30;
const MAX_LOOKS = 300;
const kinds = [
  'pause',
  'pause',
  'resume',
  'retry',
  'skip',
  'edit',
  'approve',
  'approve',
  'decide',
  'decide',
  'signal',
  'fork',
  'cancel',
];

/** A task for every control: what is flaky waits for a retry, `pay` for a decision, `gate` for an approval, `heard` for a signal. */
export function controlledTasks(url: string): object[] {
  const call = (name: string, scm: object = {}) => ({
    call: 'action',
    with: { http: { url: `${url}/${name}`, body: { execution: '${ $workflow.id }', step: name } } },
    metadata: { scm: { retry: { maxAttempts: 20, initialMs: 3_600_000, maxMs: 3_600_000 }, ...scm } },
  });
  const undone = (name: string) => ({ compensate: call(`undo-${name}`) });
  const branches = [
    { left: call('left') },
    { right: call('right', undone('right')) },
    { late: { wait: { milliseconds: 50 } } },
    { flaky: call('flaky') },
    { pay: call('pay', { effect: 'ledger' }) },
    { gate: call('gate', { approval: {} }) },
  ];
  return [
    { one: call('one') },
    { two: call('two', undone('two')) },
    { side: { fork: { branches } } },
    { heard: { listen: { to: { one: { with: { type: 'scm.signal.go' } } } } } },
    { last: call('last') },
  ];
}

/** Does so many random things to one execution, then whatever it waits for until it ends. */
export async function playControls(door: Door, random: () => number, count: number): Promise<Played> {
  const id = await door.start();
  const played: Played = { id, asked: [], forks: [] };
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  for (let i = 0; i < count; i++) {
    const kind = pick(kinds);
    // Cancelling ends all: seldom, and late.
    if (kind === 'cancel' && (i < count / 2 || random() < 0.5)) continue;
    const { steps = [] } = await door.get(id);
    const known = steps.flatMap(({ step }) => step ?? []);
    const step = random() < 0.15 || known.length === 0 ? 1 + Math.floor(random() * MAX_STEP) : pick(known);
    if (kind === 'fork') await fork(step);
    else await ask(kind, argumentsOf(kind, step));
  }
  await finish(door, id, ask);
  for (const forked of played.forks) await finish(door, forked.id, (kind, args) => door.control(forked.id, kind, args));
  return played;

  function argumentsOf(kind: string, step: number): Args {
    if (['pause', 'resume', 'cancel', 'signal'].includes(kind)) return {};
    if (kind === 'approve') return { step, approved: random() < 0.9 };
    if (kind === 'decide') return { step, decision: pick(['completed', 'completed', 'retry', 'failed']) };
    return { step, ...(kind === 'edit' && { input: { edited: true } }) };
  }

  async function ask(kind: string, args: Args): Promise<void> {
    const from = await door.revision(id);
    const isDone = await door.control(id, kind, args);
    const to = await door.revision(id);
    played.asked.push({ kind, ...(args.step !== undefined && { frame: args.step }), isDone, from, to });
  }

  async function fork(step: number): Promise<void> {
    const forked = await door.fork(id, step);
    if (forked !== undefined) played.forks.push({ id: forked, step });
  }
}

type Args = { step?: number } & Record<string, unknown>;

/** Does whatever an execution waits for until it ends. */
async function finish(door: Door, id: string, ask: (kind: string, args: Args) => Promise<unknown>): Promise<void> {
  for (let looks = 0; looks < MAX_LOOKS; looks++) {
    const { status, endedAt, steps = [] } = await door.get(id);
    if (endedAt !== undefined) return;
    if (status === 'suspended') await ask('resume', {});
    for (const { step, waits = '' } of steps) {
      if (waits === 'retry') await ask('retry', { step });
      if (waits === 'approval') await ask('approve', { step, approved: true });
      if (waits === 'decision') await ask('decide', { step, decision: 'completed' });
      if (waits === 'event') await ask('signal', {});
    }
    await door.pause();
  }
  throw new Error(`${id} does not end: ${JSON.stringify(await door.get(id))}`);
}
