import { CallFault } from '../calls/call-fault.js';
import { errorTable, ServiceError, type ErrorCode } from '@scm/contracts';

/** RFC 9457 problem of a failed step, with the error types of the Open Workflow Specification. */
export interface Problem extends Record<string, unknown> {
  type: string;
  status: number;
  title: string;
  detail: string;
  retryable: boolean;
  /** The effect may have happened: no answer says whether it did. */
  outcomeUnknown?: boolean;
}

const TYPES = 'https://open-workflow-specification.org/spec/1.0.0/errors/';

const kinds: Partial<Record<ErrorCode, string>> = {
  INVALID_ARGUMENT: 'validation',
  UNAUTHENTICATED: 'authentication',
  PERMISSION_DENIED: 'authorization',
  DEADLINE_EXCEEDED: 'timeout',
  UNAVAILABLE: 'communication',
};

/** A bug shows no more than that to whoever reads the execution. */
export function problemOf(error: unknown): Problem {
  if (error instanceof CallFault) return error.problem;
  const failure = error instanceof ServiceError ? error : new ServiceError('INTERNAL', 'the step failed unexpectedly');
  const { status, title, retryable } = errorTable[failure.code];
  const outcomeUnknown = failure.code === 'DEADLINE_EXCEEDED' || brokeOff(failure);
  return {
    type: `${TYPES}${kinds[failure.code] ?? 'runtime'}`,
    status,
    title,
    detail: failure.message.slice(0, 2_048).toWellFormed(),
    retryable,
    ...(outcomeUnknown && { outcomeUnknown }),
  };
}

/** With these no connection came about, so nothing was sent. */
const NEVER_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'];

/** A connection that was lost may have been lost after the request arrived. */
function brokeOff({ code, cause }: ServiceError): boolean {
  if (code !== 'UNAVAILABLE' || !(cause instanceof Error) || cause instanceof ServiceError) return false;
  const { code: reason } = cause as NodeJS.ErrnoException;
  return typeof reason === 'string' && !NEVER_SENT.includes(reason);
}
