import { parentPort, workerData } from 'node:worker_threads';
import { invalidField, ServiceError, type ErrorCode, type FieldError } from '@scm/contracts';
import { importApi } from './import-api.js';
import type { ImportedApi } from './rest-operation.js';

export interface ImportJob {
  text: string;
  operations?: readonly string[];
}

/** What the thread says at its end. A bug is thrown, which its host hears. */
export type ImportSaid =
  { api: ImportedApi } | { failed: { code: ErrorCode; message: string; details?: FieldError[] } };

const { text, operations } = workerData as ImportJob;

async function said(): Promise<ImportSaid> {
  try {
    return { api: await importApi(text, operations) };
  } catch (thrown) {
    const error = thrown instanceof RangeError ? invalidField('api.document', 'is nested too deep') : thrown;
    if (!(error instanceof ServiceError)) throw error;
    const { code, message, details } = error;
    return { failed: { code, message, ...(details && { details }) } };
  }
}

parentPort?.postMessage(await said());
