import type { JsonObject, RequestId } from '@scm/mcp-messages';

/** What a message does not say itself, but its translation needs. Everything may be left out. */
export interface TranslationContext {
  /** `_meta` of every canonical request of this client, as `requestMetaOf` makes it. */
  requestMeta?: JsonObject;
  /** What a canonical result says of the server that gave it. */
  serverInfo?: JsonObject;
  /** How long what an older server lists may be kept; without it, not at all. */
  cache?: { ttlMs: number; cacheScope: 'public' | 'private' };
  /** Of the tool that was called: says whether its structured content is wrapped. */
  outputSchema?: JsonObject;
  /** Names a request to go to an address; without it the address does. */
  elicitationId?: string;
  /** The subscription that a notification belongs to. */
  subscriptionId?: RequestId;
  /** On the older connection: of a request that stood in a result, or that an error answers which itself names none. */
  requestId?: RequestId;
  /** The resource that was asked for. */
  uri?: string;
  /** Older peers refuse members they do not know: `_meta` goes too where their revision has none. */
  isStrict?: boolean;
  /** An older server's -32602 to a call of a tool is shown to the model, as later revisions want it. */
  showsInputErrors?: boolean;
  /** The message is half of a handshake, whose other half asks and answers in another way. */
  isHandshake?: boolean;
  /** Somebody keeps the tasks of this connection, so that they are put into the other dialect and not refused. */
  keepsTasks?: boolean;
  /** With a call that an older server is to run as a task; `ttl` in milliseconds. */
  task?: { ttl?: number };
  /** What an older server's task ended with, or waits for. */
  taskOutcome?: TaskOutcome;
  /** How the request was changed that this message answers. */
  reverse?: Reverse;
}

/** One of them, as the status of the task has it. */
export interface TaskOutcome {
  result?: JsonObject;
  error?: JsonObject;
  inputRequests?: JsonObject;
}

/** How the answer to a changed form becomes the answer to the original one. JSON, so that it can be kept elsewhere. */
export interface Reverse {
  /** What to answer for fields that were left out. */
  defaults?: Record<string, unknown>;
  /** Fields with several choices, each choice of which was asked for as a field of its own. */
  choices?: Record<string, Choices>;
  /** The field that says the user went to the address. */
  visited?: string;
}

export interface Choices {
  /** The fields that were asked for, and the values they stand for, in one order. */
  fields: string[];
  values: string[];
  isRequired: boolean;
  minItems?: number;
  maxItems?: number;
}
