import type { CapturedFrame, MessageProblem } from '@scm/contracts';
import {
  findErrorFault,
  findResultFault,
  judgeNotification,
  judgeRequest,
  methods,
  type Extension,
  type Fault,
  type JsonObject,
  type Peer,
  type ProtocolRevision,
} from '@scm/mcp-messages';

const MAX_TEXT = 1_024;

/** A message as somebody says it in a revision. `method` is what a response answers. */
export interface Said {
  revision: ProtocolRevision;
  sender: Peer;
  method: string;
  message: JsonObject;
}

export function kindOf({ message, method }: Pick<Said, 'message' | 'method'>): CapturedFrame['kind'] {
  if ('result' in message) return 'result';
  if ('error' in message) return 'error';
  const known = Object.hasOwn(methods, method) ? methods[method]?.kind : undefined;
  return known ?? (method.startsWith('notifications/') ? 'notification' : 'request');
}

/** The extensions that messages of a revision may be of. */
export type ExtensionsOf = (revision: ProtocolRevision) => readonly Extension[];

/** What is wrong with a message by the schema of its revision; undefined where nothing is. */
export function problemOf(said: Said, extensionsOf: ExtensionsOf): MessageProblem | undefined {
  const fault = faultOf(said, extensionsOf(said.revision));
  return fault && { pointer: fault.pointer.slice(0, MAX_TEXT), message: fault.message.slice(0, MAX_TEXT) };
}

function faultOf({ revision, sender, method, message }: Said, extensions: readonly Extension[]): Fault | undefined {
  // What stands in another message has no envelope of its own.
  const whole = { jsonrpc: '2.0', ...message };
  switch (kindOf({ message, method })) {
    case 'result':
      return findResultFault(revision, method, message['result'], { isTask: isTask(message['result']), extensions });
    case 'error':
      return findErrorFault(revision, { id: 0, ...whole });
    case 'notification':
      return judgeNotification(revision, sender, whole, extensions);
    case 'request':
      return judgeRequest(revision, sender, { id: 0, ...whole }, extensions);
  }
}

function isTask(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'task' in result;
}
