import type { Problem } from '../steps/problem.js';

const TYPES = 'https://open-workflow-specification.org/spec/1.0.0/errors/';

/** Statuses with which a server asks to come again. */
const AGAIN = [408, 425, 429];

/** A call that failed, as the error of the Open Workflow Specification it is. */
export class CallFault extends Error {
  override name = 'CallFault';

  constructor(readonly problem: Problem) {
    super(problem.detail);
  }
}

/** An answer whose status is a failure. */
export function statusFault(host: string, status: number): CallFault {
  return new CallFault({
    type: `${TYPES}communication`,
    status,
    title: 'The answer is a failure',
    detail: `${host} answered with status ${status}`,
    retryable: status >= 500 || AGAIN.includes(status),
  });
}

/** A server that speaks its protocol and refuses, or one that cannot be talked to, which may pass. */
export function refusalFault(host: string, reason: string, { retryable }: { retryable: boolean }): CallFault {
  return new CallFault({
    type: `${TYPES}communication`,
    status: retryable ? 503 : 502,
    title: 'The server did not do what it was asked',
    detail: `${host}: ${reason}`.slice(0, 2_048).toWellFormed(),
    retryable,
  });
}

/** A call that can never be made as it is written. */
export function configurationFault(detail: string): CallFault {
  return new CallFault({
    type: `${TYPES}configuration`,
    status: 400,
    title: 'The call cannot be made as it is written',
    detail,
    retryable: false,
  });
}
