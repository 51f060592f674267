import type { Actor } from '@scm/contracts';
import type { JsonObject, JsonRpcErrorBody } from '@scm/mcp-messages';

/** A call of a tool that became a task. */
export interface Task {
  readonly id: string;
  readonly workspaceId: string;
  /** The caller it belongs to. */
  readonly principal: string;
  /** The virtual server that was addressed. */
  readonly server?: string;
  readonly tool: string;
  readonly state: TaskState;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
}

/** What is known of it. */
export interface TaskState {
  /** Of a task that an execution works on. */
  readonly call?: TaskCall;
  /** Of a task that a member of the server keeps itself: who, and what it calls the task. */
  readonly kept?: { readonly member: string; readonly task: string };
  /** The step of the execution that called the tool last. */
  readonly begunStep?: number;
  /** What the tool wanted to know in which step. */
  readonly asked?: { readonly step: number; readonly inputRequests: JsonObject; readonly requestState?: unknown };
  readonly answers?: JsonObject;
  readonly outcome?: TaskOutcome;
}

export interface TaskCall {
  readonly actor: Actor;
  readonly params: JsonObject;
  /** The tool says that a second call does no harm. */
  readonly isIdempotent: boolean;
  /** The tool says that it runs as a task alone. */
  readonly isTaskOnly: boolean;
}

export type TaskOutcome =
  | { readonly status: 'completed'; readonly result: JsonObject }
  | { readonly status: 'failed'; readonly error: JsonRpcErrorBody }
  | { readonly status: 'cancelled' };
