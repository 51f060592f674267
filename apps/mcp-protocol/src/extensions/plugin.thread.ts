import { parentPort, workerData } from 'node:worker_threads';
import { Sandbox, type SandboxLimits } from './sandbox.js';
import { SandboxFault, type SandboxFaultReason } from './sandbox-fault.js';

export interface PluginThreadData {
  code: string;
  permissions: readonly string[];
  limits: SandboxLimits;
}

/** What the thread hears: what to run, and what the host answered. Everything else is JSON text. */
export type ToPlugin =
  | { run: number; group: string; name: string; input: string }
  | { answer: number; output: string }
  | { answer: number; failed: string };

/** What the thread says: how a run ended, and what it asks of its host. */
export type FromPlugin =
  | { run: number; output: string }
  | { run: number; failed: { reason: SandboxFaultReason; message: string } }
  | { ask: number; of: number; name: string; args: string };

const { code, permissions, limits } = workerData as PluginThreadData;
const sandbox = new Sandbox(code, permissions, limits);
const waiting = new Map<number, PromiseWithResolvers<string>>();
let lastAsk = 0;

parentPort?.on('message', (told: ToPlugin) => {
  if ('run' in told) return void perform(told);
  const answer = waiting.get(told.answer);
  waiting.delete(told.answer);
  if ('output' in told) answer?.resolve(told.output);
  else answer?.reject(new Error(told.failed));
});

async function perform({ run, group, name, input }: Extract<ToPlugin, { run: number }>): Promise<void> {
  try {
    say({ run, output: await sandbox.run(group, name, input, (fn, args) => ask(run, fn, args)) });
  } catch (error) {
    const { reason, message } =
      error instanceof SandboxFault ? error : { reason: 'thrown' as const, message: String(error) };
    say({ run, failed: { reason, message } });
  }
}

function ask(of: number, name: string, args: string): Promise<string> {
  const answer = Promise.withResolvers<string>();
  waiting.set(++lastAsk, answer);
  say({ ask: lastAsk, of, name, args });
  return answer.promise;
}

function say(said: FromPlugin): void {
  parentPort?.postMessage(said);
}
