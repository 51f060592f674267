import { parentPort } from 'node:worker_threads';
import { ServiceError, type ErrorCode, type FieldError } from '@scm/contracts';
import { compute, type Job } from './computation.js';

/** Of an output as JSON: the orchestrator takes no more. */
const MAX_OUTPUT = 262_144;

/** What a thread says of its job: that it begins, and how it ended. */
export type Said =
  | { begun: NodeJS.CpuUsage }
  /** As JSON, since whoever reads it must not be surprised by its size. */
  | { output: string }
  | { failed: { code: ErrorCode; message: string; details?: FieldError[] } }
  /** It is larger than anything here may be. */
  | { tooLarge: string }
  | { bug: unknown };

parentPort?.on('message', (job: Job) => {
  say({ begun: process.threadCpuUsage() });
  say(done(job));
});

function done(job: Job): Said {
  try {
    const output = JSON.stringify(compute(job) ?? null);
    return output.length <= MAX_OUTPUT ? { output } : { tooLarge: `the output has more than ${MAX_OUTPUT} characters` };
  } catch (error) {
    if (error instanceof ServiceError) {
      return { failed: { code: error.code, message: error.message, details: error.details } };
    }
    // Of a text that is too long to be one, or a nesting that is too deep.
    return error instanceof RangeError ? { tooLarge: error.message } : { bug: error };
  }
}

function say(said: Said): void {
  parentPort?.postMessage(said);
}
