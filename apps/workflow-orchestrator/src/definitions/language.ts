/** The Open Workflow Specification's documents as types: only what the engine reads. */
export interface WorkflowDocument {
  document: {
    dsl: string;
    namespace: string;
    name: string;
    version: string;
    title?: string;
    summary?: string;
    metadata?: { scm?: DocumentOptions; [name: string]: unknown };
  };
  input?: InputDocument;
  output?: OutputDocument;
  timeout?: TimeoutDocument;
  use?: UseDocument;
  schedule?: ScheduleDocument;
  do: TaskListDocument;
}

export type TaskListDocument = Record<string, TaskDocument>[];

export interface UseDocument {
  authentications?: Record<string, unknown>;
  errors?: Record<string, ErrorDocument>;
  functions?: Record<string, TaskDocument>;
  retries?: Record<string, RetryDocument>;
  secrets?: string[];
  timeouts?: Record<string, { after: DurationDocument }>;
}

/** One task: what it does stands under the name of its kind. */
export interface TaskDocument {
  if?: string;
  input?: InputDocument;
  output?: OutputDocument;
  export?: OutputDocument;
  timeout?: TimeoutDocument;
  then?: string;
  metadata?: { scm?: TaskOptions; [name: string]: unknown };
  call?: string;
  with?: Record<string, unknown>;
  do?: TaskListDocument;
  emit?: { event: { with: Record<string, unknown> } };
  for?: { each?: string; in: unknown; at?: string };
  while?: string;
  foreach?: { item?: string; at?: string; do?: TaskListDocument };
  fork?: { branches: TaskListDocument; compete?: boolean };
  listen?: { to: ListenStrategy; read?: 'data' | 'envelope' | 'raw' };
  raise?: { error: string | ErrorDocument };
  run?: { await?: boolean; workflow?: SubworkflowDocument; [other: string]: unknown };
  set?: unknown;
  switch?: Record<string, { when?: string; then: string }>[];
  try?: TaskListDocument;
  catch?: CatchDocument;
  wait?: DurationDocument;
}

/** What the language lacks, under `metadata.scm` of a document. */
export interface DocumentOptions extends QueueOptions {
  /** Expressions over the input, by the name under which executions are found by them. */
  attributes?: Record<string, string>;
  /** In which `schedule.cron` is read, as IANA names it; else UTC. */
  timeZone?: string;
}

/** What bounds how many steps of a task, or executions of a document, there are at once. */
export interface LimitOptions {
  /** At most `limit` with the same key at work. */
  concurrency?: { key?: string; limit: number };
  /** At most `limit` with the same key begin in any `period`. */
  rateLimit?: { key?: string; limit: number; period: DurationDocument };
}

/** What a document, or a call, says of its place in the queues. */
export interface QueueOptions extends LimitOptions {
  /** From 1, which comes first, to 5. */
  priority?: number;
}

/** What the language lacks, under `metadata.scm` of a task. */
export interface TaskOptions extends QueueOptions {
  /** Waits between attempts of the one call; a `try` around it retries more than one task. */
  retry?: Partial<RetryPolicy>;
  /** The task that undoes this one: it gets this one's output, and `$step.input` and `$step.output`. */
  compensate?: TaskDocument;
  /** A person decides before the task begins. */
  approval?: { form?: Record<string, unknown>; assignees?: string[]; deadline?: DurationDocument };
  /** `plain`: done again when nobody knows whether it was done. `ledger`: then a person decides. */
  effect?: 'plain' | 'ledger' | 'transactional';
  /** How many of a worker's slots for its kind a call takes; 1 unless said. */
  cost?: number;
  /** What a call may use: `cpuMs` and `memoryMib` of what a worker computes itself, `payloadBytes` in and out. */
  limits?: { cpuMs?: number; memoryMib?: number; payloadBytes?: number };
}

/** Waits before each further attempt: a random part of `initialMs * factor ^ n`, at most `maxMs`. */
export interface RetryPolicy {
  maxAttempts: number;
  initialMs: number;
  maxMs: number;
  factor: number;
}

export interface InputDocument {
  from?: unknown;
  schema?: SchemaDocument;
}

export interface OutputDocument {
  as?: unknown;
  schema?: SchemaDocument;
}

export interface SchemaDocument {
  format?: string;
  document?: unknown;
}

/** An ISO 8601 duration, an expression that gives one, or its parts. */
export type DurationDocument =
  string | Partial<Record<'days' | 'hours' | 'minutes' | 'seconds' | 'milliseconds', number>>;

/** A limit, or the name of one under `use.timeouts`. */
export type TimeoutDocument = string | { after: DurationDocument };

export interface ErrorDocument {
  type: string;
  status: number;
  title?: string;
  detail?: string;
  instance?: string;
}

export interface CatchDocument {
  errors?: { with?: Partial<ErrorDocument> };
  as?: string;
  when?: string;
  exceptWhen?: string;
  retry?: string | RetryDocument;
  do?: TaskListDocument;
  then?: string;
}

export interface RetryDocument {
  when?: string;
  exceptWhen?: string;
  delay?: DurationDocument;
  backoff?: { constant?: object } | { linear?: object } | { exponential?: object };
  limit?: { attempt?: { count?: number; duration?: DurationDocument }; duration?: DurationDocument };
  jitter?: { from: DurationDocument; to: DurationDocument };
}

export interface EventFilter {
  with: Record<string, unknown>;
  correlate?: Record<string, { from: string; expect?: string }>;
}

export interface ListenStrategy {
  one?: EventFilter;
  any?: EventFilter[];
  all?: EventFilter[];
  until?: string | ListenStrategy;
}

export interface SubworkflowDocument {
  namespace: string;
  name: string;
  version: string;
  input?: unknown;
}

export interface ScheduleDocument {
  every?: DurationDocument;
  cron?: string;
  after?: DurationDocument;
  on?: ListenStrategy;
  read?: 'data' | 'envelope' | 'raw';
}
