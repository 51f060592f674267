/** RFC 9457 problem of a task or an execution, with the error types of the Open Workflow Specification. */
export interface ExecutionError {
  type: string;
  status: number;
  title?: string;
  detail?: string;
  /** JSON pointer of the task it came from. */
  instance?: string;
  /** Whether trying again may help. */
  retryable?: boolean;
  /** The effect may have happened: no answer says whether it did. */
  outcomeUnknown?: boolean;
}

const TYPES = 'https://open-workflow-specification.org/spec/1.0.0/errors/';
const MAX_TEXT = 2_048;

const kinds = {
  expression: { status: 400, title: 'An expression cannot be evaluated', retryable: false },
  validation: { status: 400, title: 'The data is not what the document says', retryable: false },
  configuration: { status: 400, title: 'The task cannot be done as it is written', retryable: false },
  timeout: { status: 408, title: 'The task took too long', retryable: true },
  runtime: { status: 500, title: 'The task failed', retryable: true },
  authorization: { status: 403, title: 'The task was not approved', retryable: false },
} as const;

export type ErrorKind = keyof typeof kinds;

export function executionError(kind: ErrorKind, instance: string, detail: string): ExecutionError {
  return { type: `${TYPES}${kind}`, ...kinds[kind], detail: cut(detail), instance };
}

/** What a worker reported, reduced to known fields of bounded size. */
export function reportedError(reported: Record<string, unknown> | undefined, instance: string): ExecutionError {
  const fallback = executionError('runtime', instance, 'the worker gave no reason');
  if (!reported) return fallback;
  const { type, status, title, detail, retryable, outcomeUnknown } = reported;
  return {
    type: typeof type === 'string' ? cut(type) : fallback.type,
    status: Number.isInteger(status) ? (status as number) : fallback.status,
    title: typeof title === 'string' ? cut(title) : fallback.title,
    ...(typeof detail === 'string' && { detail: cut(detail) }),
    instance,
    retryable: retryable !== false,
    ...(outcomeUnknown === true && { outcomeUnknown }),
  };
}

/** Error types are compared without the host they were named after, which the specification has changed twice. */
export function isSameType(a: string, b: string): boolean {
  return a === b || (standardName(a) !== undefined && standardName(a) === standardName(b));
}

function standardName(type: string): string | undefined {
  return /^https?:\/\/(?:www\.)?(?:open-workflow-specification\.org|serverlessworkflow\.io)\/.*errors\/(?:types\/)?(\w+)$/.exec(
    type,
  )?.[1];
}

function cut(text: string): string {
  return text.slice(0, MAX_TEXT).toWellFormed();
}
