import { Inject, Injectable } from '@nestjs/common';
import type { McpHead, McpRequest } from '@scm/contracts';
import { currentActor, type StreamedAnswer } from '@scm/messaging';
import {
  checkMirroredHeaders,
  checkParameterHeaders,
  errorCodes,
  judgeNotification,
  judgeRequest,
  latestRevision,
  metaKeys,
  parameterHeadersOf,
  ProtocolError,
  readRequestMeta,
  type JsonObject,
  type JsonRpcNotification,
  type JsonRpcRequest,
} from '@scm/mcp-messages';
import { RunningCalls } from './running-calls.js';
import { AnswerWriter } from './answer.writer.js';
import { answerOf, toProtocolError } from './answering.js';
import { restrained } from './client-wishes.js';
import { PROVIDER, type Exchange, type Provider } from './exchange.js';
import { accepted, resultMessage, statusOf } from './heads.js';
import { assertMayBeAsked } from './input-requests.js';
import { RequestStateSeal } from './request-state.js';
import { Served } from './served.js';

/** Answers clients of revision 2026-07-28: each request says by itself who sends it and what its sender can do. */
@Injectable()
export class StatelessDoor {
  constructor(
    @Inject(PROVIDER) private readonly provider: Provider,
    private readonly served: Served,
    private readonly seal: RequestStateSeal,
    private readonly running: RunningCalls,
  ) {}

  async answer(
    asked: McpRequest,
    request: JsonRpcRequest,
    answer: StreamedAnswer<McpHead>,
  ): Promise<McpHead | undefined> {
    const { id } = request;
    if (asked.transport === 'http') checkMirroredHeaders(asked.headers, request);
    readRequestMeta(request, this.served.stateless);
    const refusal = judgeRequest(latestRevision, 'client', request);
    if (refusal) throw new ProtocolError(refusal.code, `${refusal.pointer} ${refusal.message}`, undefined, id);
    const writer = new AnswerWriter(answer, asked);
    const isListening = request.method === 'subscriptions/listen';
    const end = isListening ? AbortSignal.any([answer.signal, answer.draining]) : answer.signal;
    const call = this.running.open(asked.headers['scm-connection'], id, end);
    try {
      const exchange = exchangeOf(asked, request, call.signal, writer);
      const answered = await this.run(asked, request, exchange);
      const result = isListening ? ofSubscription(answered, id) : answered;
      return writer.end(call.isCancelled ? undefined : resultMessage(id, result));
    } catch (error) {
      const failure = toProtocolError(error);
      const isBug = failure.code === errorCodes.internalError;
      return writer.end(failure.toResponse(id), statusOf(failure.code, isBug ? 500 : 200));
    } finally {
      call.close();
    }
  }

  /** On HTTP a client cancels by going away; on a socket it has to say so. */
  async notice(asked: McpRequest, notification: JsonRpcNotification): Promise<McpHead> {
    const refusal = judgeNotification(latestRevision, 'client', notification);
    if (refusal) throw new ProtocolError(refusal.code, `${refusal.pointer} ${refusal.message}`);
    const connection = asked.headers['scm-connection'];
    if (connection) await this.running.cancel(connection, notification.params?.['requestId']);
    return accepted;
  }

  private async run(
    { transport, headers }: McpRequest,
    request: JsonRpcRequest,
    exchange: Exchange,
  ): Promise<JsonObject> {
    if (request.method === 'tools/call' && transport === 'http') {
      const tool = await this.provider.findTool?.(String(exchange.params['name']), exchange);
      if (tool) checkParameterHeaders(headers, request, parameterHeadersOf(tool['inputSchema']));
    }
    const opened = { ...exchange, params: await this.seal.open(exchange) };
    const result = await answerOf(this.provider, opened);
    if (result['resultType'] !== 'input_required') return result;
    assertMayBeAsked(exchange, result);
    return this.seal.close(exchange, result);
  }
}

function exchangeOf(asked: McpRequest, request: JsonRpcRequest, signal: AbortSignal, writer: AnswerWriter): Exchange {
  const { method, params = {}, id } = request;
  const send =
    method === 'subscriptions/listen'
      ? ({ params: told = {}, ...message }: JsonRpcNotification) =>
          writer.send({ ...message, params: ofSubscription(told, id) })
      : restrained(params, (message) => {
          if (writer.canStream) writer.send(message);
        });
  return { method, params, actor: currentActor(), server: asked.server, signal, notify: send };
}

/** What comes by a subscription, its end too, names the request that opened it. */
function ofSubscription(told: JsonObject, id: string | number): JsonObject {
  return { ...told, _meta: { ...(told['_meta'] as JsonObject | undefined), [metaKeys.subscriptionId]: id } };
}
