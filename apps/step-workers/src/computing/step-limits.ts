import type { StepTask } from '@scm/contracts';
import { CallFault } from '../calls/call-fault.js';

/** What one step may use: milliseconds of CPU time, and MiB of heap. */
export interface Allowance {
  cpuMs: number;
  memoryMib: number;
}

const STATUS = { cpuMs: 422, memoryMib: 422, payloadBytes: 413 } as const;

/** The failure of a step that took more than it may. Another attempt would do the same. */
export function limitFault(limit: keyof typeof STATUS, detail: string): CallFault {
  return new CallFault({
    type: `urn:scm:limit:${limit}`,
    status: STATUS[limit],
    title: 'The step exceeded a limit',
    detail: `${limit}: ${detail}`,
    retryable: false,
  });
}

/** Throws CallFault when what a step gets, or gives, is larger than its task says. */
export function assertPayload({ limits }: StepTask, what: string, value: unknown): void {
  const most = limits?.payloadBytes;
  if (most === undefined) return;
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? '');
  if (bytes > most) throw limitFault('payloadBytes', `${what} has ${bytes} bytes of ${most}`);
}
