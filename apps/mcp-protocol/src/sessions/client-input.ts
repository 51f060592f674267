import { Injectable } from '@nestjs/common';
import {
  errorCodes,
  metaKeys,
  methodIn,
  ProtocolError,
  type ClientCapabilities,
  type JsonObject,
} from '@scm/mcp-messages';
import { inputRequestsOf, missingFor, type InputRequest } from '../protocol/input-requests.js';
import { ClientRequests } from './client-requests.js';
import type { LegacyCaller, LegacyStream } from './legacy-caller.js';
import { callDown, relatedTo, resultUp } from './translation.js';

/** Asks clients of older revisions, by requests of their own, what a result or a task asks for. */
@Injectable()
export class ClientInput {
  constructor(private readonly requests: ClientRequests) {}

  /** The client's answers by the keys of the questions. `task`: for which it is asked. */
  async ask(result: JsonObject, caller: LegacyCaller, stream: LegacyStream, task?: string): Promise<JsonObject> {
    const asked = inputRequestsOf(result).map(
      async ([key, request]) => [key, await this.askOne(request, caller, stream, task)] as const,
    );
    return Object.fromEntries(await Promise.all(asked));
  }

  private async askOne(
    request: InputRequest,
    caller: LegacyCaller,
    stream: LegacyStream,
    task: string | undefined,
  ): Promise<JsonObject> {
    const { session, revision, requestMeta } = caller;
    const client = (requestMeta[metaKeys.clientCapabilities] ?? {}) as ClientCapabilities;
    const canAsk = session && stream.canSend && methodIn(revision, request.method);
    if (!canAsk || missingFor(request, client)) return unaskable(request);
    const { message, reverse } = callDown({ ...request }, revision);
    const send = (question: object) => stream.send(question);
    const { params = {} } = message;
    const question = task === undefined ? message : { ...message, params: relatedTo(task, params) };
    const answer = await this.requests.ask(session.id, question, send, stream.signal);
    return resultUp(answer, request.method, revision, reverse);
  }
}

/** What is answered for a client that cannot be asked. */
function unaskable({ method }: InputRequest): JsonObject {
  if (method === 'elicitation/create') return { action: 'cancel' };
  if (method === 'roots/list') return { roots: [] };
  throw new ProtocolError(errorCodes.invalidParams, `The client cannot be asked ${method}`);
}
