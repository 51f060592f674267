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
  const outcomeUnknown = failure.code === 'DEADLINE_EXCEEDED';
  return {
    type: `${TYPES}${kinds[failure.code] ?? 'runtime'}`,
    status,
    title,
    detail: failure.message.slice(0, 2_048).toWellFormed(),
    retryable,
    ...(outcomeUnknown && { outcomeUnknown }),
  };
}
