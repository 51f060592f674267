import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { invalidField, ServiceError } from '@scm/contracts';
import type { ImportJob, ImportSaid } from './import.thread.js';
import type { ImportedApi } from './rest-operation.js';

const LIMIT_MS = 15_000;
const MEMORY_MIB = 256;

/** Reads a document on a thread of its own, within limits: a large one takes seconds, a hostile one would take all there is. */
export async function importOnThread(job: ImportJob): Promise<ImportedApi> {
  const worker = new Worker(new URL('./import.thread.js', import.meta.url), {
    workerData: job,
    // Nothing of this process is its business: no telemetry, no secrets.
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB, stackSizeMb: 4 },
  });
  try {
    const [said] = (await once(worker, 'message', { signal: AbortSignal.timeout(LIMIT_MS) })) as [ImportSaid];
    if ('api' in said) return said.api;
    throw new ServiceError(said.failed.code, said.failed.message, said.failed.details);
  } catch (error) {
    if (isOver(error)) throw invalidField('api.document', 'takes too much time or memory to read');
    throw error;
  } finally {
    await worker.terminate();
  }
}

function isOver(error: unknown): boolean {
  const { name, code } = error as NodeJS.ErrnoException;
  return name === 'AbortError' || code === 'ERR_WORKER_OUT_OF_MEMORY';
}
