import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isJsonObject, ProtocolError, type JsonObject } from '@scm/mcp-messages';
import { SessionBus } from './session.bus.js';

/** Requests to clients of older revisions that wait for their answer, which may come to another replica. */
@Injectable()
export class ClientRequests {
  private readonly waiting = new Map<string, { session: string; settle: (answer: JsonObject) => void }>();

  constructor(private readonly bus: SessionBus) {
    bus.on('answered', (session, answer) => {
      const found = this.waiting.get(String(answer['id']));
      if (found?.session === session) found.settle(answer);
    });
  }

  /** Sends a request and waits for the client's result. Throws the ProtocolError it answers instead, and when `signal` aborts. */
  async ask(
    session: string,
    request: { method: string; params?: JsonObject },
    send: (message: JsonObject) => void,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const id = `scm-${randomUUID()}`;
    const { promise, resolve, reject } = Promise.withResolvers<JsonObject>();
    const giveUp = () => reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    this.waiting.set(id, { session, settle: resolve });
    try {
      if (signal.aborted) giveUp();
      else send({ jsonrpc: '2.0', id, ...request });
      return resultOf(await promise);
    } finally {
      this.waiting.delete(id);
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Whichever replica asked goes on. */
  async answered(session: string, answer: JsonObject): Promise<void> {
    await this.bus.tell(session, 'answered', answer);
  }
}

function resultOf(answer: JsonObject): JsonObject {
  if (isJsonObject(answer['result'])) return answer['result'];
  const {
    code = 0,
    message = '',
    data,
  } = (answer['error'] ?? {}) as { code?: number; message?: string; data?: unknown };
  throw new ProtocolError(code, message, data);
}
