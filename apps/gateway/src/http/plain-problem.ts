import { randomUUID } from 'node:crypto';
import { errorTable, type ErrorCode } from '@scm/contracts';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Problem details of what is refused before it is a request of ours, so that it has no trace. */
export function plainProblem(status: number, detail: string, code: ErrorCode): { requestId: string; body: string } {
  const requestId = randomUUID();
  const { title } = errorTable[code];
  const body = JSON.stringify({ type: `urn:scm:error:${code}`, title, status, detail, code, requestId });
  return { requestId, body };
}
