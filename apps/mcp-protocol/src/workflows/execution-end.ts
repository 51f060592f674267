import { setTimeout as sleep } from 'node:timers/promises';
import { ExecutionApi, type Execution, type ExecutionStatus } from '@scm/contracts';
import type { MessagingClient } from '@scm/messaging';

const LOOK_MS = 100;
const ENDED: readonly ExecutionStatus[] = ['completed', 'faulted', 'cancelled', 'compensation-failed'];

interface Wait {
  untilMs: number;
  signal?: AbortSignal;
  onLook?: (execution: Execution) => void;
}

/** The execution as it is when it ends or the time is over. */
export async function endOf(
  messaging: MessagingClient,
  id: string,
  { untilMs, signal, onLook }: Wait,
): Promise<Execution> {
  for (;;) {
    const execution = await messaging.request(ExecutionApi.get, { id });
    onLook?.(execution);
    if (ENDED.includes(execution.status) || Date.now() + LOOK_MS > untilMs) return execution;
    await sleep(LOOK_MS, undefined, { signal });
  }
}
