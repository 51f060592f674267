import type { JsonRpcNotification, JsonRpcRequest, ProgressToken } from '@scm/mcp-messages';
import type { Listener } from './connection.js';

/** A request that is on its way, and what it wants to hear. */
export interface SessionCall extends Required<Listener> {
  /** What the upstream calls its progress by. */
  readonly progressToken?: ProgressToken;
  /** Whether the revision's protocol lets the client be asked something meanwhile. */
  readonly canBeAsked: boolean;
}

/** The calls under way in a session, for messages that do not say to which of them they belong. */
export class SessionCalls {
  private readonly calls = new Set<SessionCall>();

  add(call: SessionCall): void {
    this.calls.add(call);
  }

  remove(call: SessionCall): void {
    this.calls.delete(call);
  }

  /** Whether there was a call to hand it to. */
  ask(request: JsonRpcRequest): boolean {
    const call = [...this.calls].findLast(({ canBeAsked }) => canBeAsked);
    call?.onRequest(request);
    return call !== undefined;
  }

  /** Progress goes to the call of its token, a log message to the newest one; nothing else belongs to a call. */
  take(notification: JsonRpcNotification): boolean {
    const call = this.ownerOf(notification);
    call?.onNotification(notification);
    return call !== undefined;
  }

  private ownerOf({ method, params }: JsonRpcNotification): SessionCall | undefined {
    if (method === 'notifications/message') return [...this.calls].at(-1);
    if (method !== 'notifications/progress') return undefined;
    return [...this.calls].find(({ progressToken }) => progressToken === params?.['progressToken']);
  }
}

/** Whether it belongs to a call: others are about what the upstream has. */
export function isOfCalls({ method }: JsonRpcNotification): boolean {
  return method === 'notifications/message' || method === 'notifications/progress';
}
