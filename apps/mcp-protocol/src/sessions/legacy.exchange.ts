import { Inject, Injectable } from '@nestjs/common';
import type { McpRequest } from '@scm/contracts';
import { currentActor } from '@scm/messaging';
import {
  errorCodes,
  judgeRequest,
  metaKeys,
  methodIn,
  ProtocolError,
  type ClientCapabilities,
  type JsonObject,
  type JsonRpcRequest,
  type ProtocolRevision,
} from '@scm/mcp-messages';
import { Recording } from '../captures/recording.js';
import { answerOf, toProtocolError } from '../protocol/answering.js';
import { restrained } from '../protocol/client-wishes.js';
import { PROVIDER, type Exchange, type Provider } from '../protocol/exchange.js';
import { inputRequestsOf, missingFor, type InputRequest } from '../protocol/input-requests.js';
import { ClientRequests } from './client-requests.js';
import type { Session } from './session.js';
import { SessionMethods } from './session.methods.js';
import { callDown, callUp, errorDown, resultDown, resultUp } from './translation.js';

/** Who sent a request of an older revision; without a session nothing is known of it but its revision. */
export interface LegacyCaller {
  readonly revision: ProtocolRevision;
  readonly requestMeta: JsonObject;
  readonly transport: McpRequest['transport'];
  readonly server?: string;
  readonly session?: Session;
}

/** Where the messages go that precede an answer. */
export interface LegacyStream {
  readonly canSend: boolean;
  readonly signal: AbortSignal;
  send(message: object): void;
}

/** So often a call may ask for input before it has to give its result. */
const MAX_ROUNDS = 8;

/** Answers one request of an older revision from the canonical provider; what that asks for is asked of the client itself. */
@Injectable()
export class LegacyExchange {
  constructor(
    @Inject(PROVIDER) private readonly provider: Provider,
    private readonly requests: ClientRequests,
    private readonly methods: SessionMethods,
    private readonly recording: Recording,
  ) {}

  /** The response, in the client's revision. */
  async answer(request: JsonRpcRequest, caller: LegacyCaller, stream: LegacyStream): Promise<JsonObject> {
    const { revision, transport, server } = caller;
    const facts = { request, revision, transport, ...(server !== undefined && { server }) };
    return this.recording.around(facts, () => this.resolve(request, caller, stream));
  }

  /** The same for somebody who records it. */
  async resolve(request: JsonRpcRequest, caller: LegacyCaller, stream: LegacyStream): Promise<JsonObject> {
    const { id, method } = request;
    try {
      const refusal = judgeRequest(caller.revision, 'client', request);
      if (refusal) throw new ProtocolError(refusal.code, `${refusal.pointer} ${refusal.message}`);
      const own = await this.methods.answer(request, caller.session);
      return { jsonrpc: '2.0', id, result: own ?? (await this.resultOf(request, caller, stream)) };
    } catch (error) {
      return { jsonrpc: '2.0', id, ...errorDown(toProtocolError(error), method, caller.revision) };
    }
  }

  private async resultOf(request: JsonRpcRequest, caller: LegacyCaller, stream: LegacyStream): Promise<JsonObject> {
    const exchange = this.exchangeOf(request, caller, stream);
    let params = exchange.params;
    for (let round = 0; round <= MAX_ROUNDS; round++) {
      const result = await answerOf(this.provider, { ...exchange, params });
      if (result['resultType'] !== 'input_required') return resultDown(result, request.method, caller.revision);
      const inputResponses = await this.ask(result, caller, stream);
      const { requestState } = result;
      params = { ...exchange.params, inputResponses, ...(requestState !== undefined && { requestState }) };
    }
    throw new ProtocolError(errorCodes.internalError, `The call asked for input more than ${MAX_ROUNDS} times`);
  }

  private exchangeOf(request: JsonRpcRequest, caller: LegacyCaller, stream: LegacyStream): Exchange {
    const { logLevel } = caller.session ?? {};
    const requestMeta = { ...caller.requestMeta, ...(logLevel && { [metaKeys.logLevel]: logLevel }) };
    const { method, params = {} } = callUp(request, caller.revision, requestMeta);
    const notify = restrained(params, (notification) => {
      if (stream.canSend) stream.send(callDown(notification, caller.revision).message);
    });
    return { method, params, actor: currentActor(), server: caller.server, signal: stream.signal, notify };
  }

  /** The client's answers to what a result asks, by the keys of the questions. */
  private async ask(result: JsonObject, caller: LegacyCaller, stream: LegacyStream): Promise<JsonObject> {
    const asked = inputRequestsOf(result).map(
      async ([key, request]) => [key, await this.askOne(request, caller, stream)] as const,
    );
    return Object.fromEntries(await Promise.all(asked));
  }

  private async askOne(request: InputRequest, caller: LegacyCaller, stream: LegacyStream): Promise<JsonObject> {
    const { session, revision, requestMeta } = caller;
    const client = (requestMeta[metaKeys.clientCapabilities] ?? {}) as ClientCapabilities;
    const canAsk = session && stream.canSend && methodIn(revision, request.method);
    if (!canAsk || missingFor(request, client)) return unaskable(request);
    const { message, reverse } = callDown({ ...request }, revision);
    const send = (question: object) => stream.send(question);
    const answer = await this.requests.ask(session.id, message, send, stream.signal);
    return resultUp(answer, request.method, revision, reverse);
  }
}

/** What is answered for a client that cannot be asked. */
function unaskable({ method }: InputRequest): JsonObject {
  if (method === 'elicitation/create') return { action: 'cancel' };
  if (method === 'roots/list') return { roots: [] };
  throw new ProtocolError(errorCodes.invalidParams, `The client cannot be asked ${method}`);
}
