import type { Actor } from '@scm/contracts';
import type { JsonObject, JsonRpcNotification } from '@scm/mcp-messages';

/** One request in the canonical form, revision 2026-07-28, while it is answered. */
export interface Exchange {
  readonly method: string;
  /** With `_meta`: the revision, the capabilities and the name of the client. */
  readonly params: JsonObject;
  readonly actor: Actor;
  /** The virtual server that was addressed; undefined for the one that shows everything. */
  readonly server?: string;
  /** Aborts when the client cancels the request or goes away. */
  readonly signal: AbortSignal;
  /** How long a call may take where that is not as long as any other. */
  readonly limitMs?: number;
  /** The tool only runs as a task: an older upstream is asked for one of its own. */
  readonly runsAsTask?: boolean;
  /** Sends what precedes the answer: progress, log messages, and whatever `subscriptions/listen` tells. */
  readonly notify: (notification: JsonRpcNotification) => void;
}

/** A source of tools, resources and prompts: the product itself, an upstream, or several of them under one name. */
export interface Provider {
  /** The result, `resultType` included. Throws ProtocolError for what the protocol calls an error. */
  answer(exchange: Exchange): Promise<JsonObject>;
  /** The tool as `tools/list` shows it: a door has to know its input schema before it lets a call in. */
  findTool?(name: string, exchange: Exchange): Promise<JsonObject | undefined>;
}

/** The provider that the doors lead to. */
export const PROVIDER = Symbol('scm.mcp.provider');
